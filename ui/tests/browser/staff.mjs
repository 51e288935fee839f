// People of the centre and of departments on one ticket: each signs in once, in a browser session of their own.
import { base, browsing, signIn, until } from "./browsing.mjs";

/** Runs a scenario with `as(username)`: that person's page, on the scenario's ticket once there is one. */
export async function withStaff(name, scenario) {
  await browsing(name, async (fresh, shot) => {
    const pages = new Map();
    const on = { ticket: null };
    async function as(username) {
      if (!pages.has(username)) pages.set(username, await enter(await fresh(), username));
      const page = pages.get(username);
      if (on.ticket) await open(page, on.ticket);
      return page;
    }
    await scenario({ as, on, shot });
  });
}

async function enter(page, username) {
  await signIn(page, username);
  await page.getByTestId("me").waitFor();
  await until(page, "the desk or a queue", () => document.querySelector("[data-testid=go-desk]") || location.hash.includes("?"));
  return page;
}

async function open(page, id) {
  const address = `${base}/#/tickets/${id}`;
  await (page.url() === address ? page.reload() : page.goto(address));
  await page.getByTestId("state").waitFor();
}

/** A draft that did not come by a call; its id. */
export async function draft(page, fields) {
  const answer = await page.request.post(`${base}/api/tickets`, { data: { channel: "counter", fields } });
  if (!answer.ok()) throw new Error(await answer.text());
  return (await answer.json()).id;
}

/** What fills each kind of input. */
async function fill(page, name, value) {
  const field = page.locator(`[data-input="${name}"]`);
  const choice = field.getByRole("radio", { name: value });
  if (await choice.count()) return choice.first().click();
  const list = field.locator(".el-select");
  if (!(await list.count())) return field.locator("textarea, input").first().fill(value);
  await list.click();
  await page.keyboard.type(value);
  await page.getByRole("option", { name: value }).first().waitFor();
  await page.keyboard.press("Enter");
}

/** Makes a move through its form and waits for the state that it leads to; an empty `state`: as it was. */
export async function move(page, action, inputs, state) {
  const button = page.getByTestId(`act-${action}`);
  if (!(await button.isVisible())) await page.getByTestId("more").click();
  await button.click();
  await page.getByTestId("move-form").waitFor();
  for (const [name, value] of Object.entries(inputs)) await fill(page, name, value);
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("move-form").waitFor({ state: "detached" });
  await page.locator("[data-testid=timeline] > li").last().and(page.locator(`[data-action="${action}"]`)).waitFor();
  if (state) await page.getByTestId("state").filter({ hasText: state }).waitFor();
}

/** The moves that the page offers, by their names. */
export async function offered(page) {
  if (await page.getByTestId("more").isVisible()) await page.getByTestId("more").click();
  const names = await page.locator('[data-testid^="act-"]').evaluateAll((all) => all.map((one) => one.dataset.testid.slice(4)));
  await page.keyboard.press("Escape");
  return names.sort();
}
