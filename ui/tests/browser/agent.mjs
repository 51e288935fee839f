// An agent's browser: what every scenario needs.
import { chromium } from "playwright-core";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Runs a scenario on a page that is signed in; a screenshot is left where it fails. */
export async function asAgent(name, scenario, extra = []) {
  const [base, folder] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...QUIET, ...extra] });
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  page.setDefaultTimeout(40000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const shot = (step) => page.screenshot({ path: `${folder}/${name}-${step}.png` });
  try {
    await page.goto(base);
    await until(page, "the cursor in the first field", () => document.activeElement?.matches("[data-testid=login-username]"));
    await page.keyboard.type("wangli");
    await page.keyboard.press("Tab");
    await page.keyboard.type("yangzhou-12345");
    await page.keyboard.press("Enter");
    const idle = page.getByTestId("idle");
    await idle.or(page.getByTestId("park")).first().waitFor();
    if (await page.getByTestId("park").isVisible()) await page.getByTestId("park").click();
    await idle.waitFor();
    await scenario(page, shot);
    if (problems.length) throw new Error(problems.join("\n"));
  } catch (error) {
    await shot("failed");
    throw error;
  } finally {
    await browser.close();
  }
}

/** Lets a sample call ring and takes it by keyboard. */
export async function takeCall(page, sample) {
  await page.locator(`[data-sample=${sample}]`).focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("ringing").waitFor();
  await page.keyboard.press("F9");
  await page.getByTestId("live").waitFor();
}

/** Waits until `check` holds in the page; `what` says what was waited for. */
export async function until(page, what, check, argument) {
  await page.waitForFunction(check, argument).catch(() => {
    throw new Error(`never came: ${what}`);
  });
}
