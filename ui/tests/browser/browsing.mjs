// A browser for a scenario, and how people sign in.
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
export const [base, folder] = process.argv.slice(2);

/** Runs a scenario: `fresh` opens a page of its own session; where it fails, a screenshot of each page is left. */
export async function browsing(name, scenario, extra = []) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...QUIET, ...extra] });
  const problems = [];
  const pages = [];
  const shot = (page, step) => page.screenshot({ path: `${folder}/${name}-${step}.png` });
  async function fresh() {
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, reducedMotion: "reduce" });
    page.setDefaultTimeout(40000);
    page.on("pageerror", (error) => problems.push(String(error)));
    pages.push(page);
    return page;
  }
  try {
    await scenario(fresh, shot);
    if (problems.length) throw new Error(problems.join("\n"));
  } catch (error) {
    for (const [i, page] of pages.entries()) await shot(page, i ? `failed-${i}` : "failed");
    throw error;
  } finally {
    await browser.close();
  }
}

/** By keyboard, from the first field. */
export async function signIn(page, username) {
  await page.goto(base);
  await until(page, "the cursor in the first field", () => document.activeElement?.matches("[data-testid=login-username]"));
  await page.keyboard.type(username);
  await page.keyboard.press("Tab");
  await page.keyboard.type("yangzhou-12345");
  await page.keyboard.press("Enter");
}

/** Waits until `check` holds in the page; `what` says what was waited for. */
export async function until(page, what, check, argument) {
  await page.waitForFunction(check, argument).catch(() => {
    throw new Error(`never came: ${what}`);
  });
}
