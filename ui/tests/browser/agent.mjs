// An agent at the desk: what every scenario of a call needs.
import { browsing, signIn } from "./browsing.mjs";

export { until } from "./browsing.mjs";

/** Runs a scenario on a page that is signed in; a screenshot is left where it fails. */
export async function asAgent(name, scenario, extra = []) {
  await browsing(
    name,
    async (fresh, shot) => {
      const page = await fresh();
      await signIn(page, "wangli");
      const idle = page.getByTestId("idle");
      await idle.or(page.getByTestId("park")).first().waitFor();
      if (await page.getByTestId("park").isVisible()) await page.getByTestId("park").click();
      await idle.waitFor();
      await scenario(page, (step) => shot(page, step));
    },
    extra,
  );
}

/** Lets a sample call ring and takes it by keyboard. */
export async function takeCall(page, sample) {
  await page.locator(`[data-sample=${sample}]`).focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("ringing").waitFor();
  await page.keyboard.press("F9");
  await page.getByTestId("live").waitFor();
}
