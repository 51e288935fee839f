// An agent's call in a real browser: node desk.mjs BASE_URL SCREENSHOT_FOLDER
import { chromium } from "playwright-core";

const [base, folder] = process.argv.slice(2);
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: quiet });
const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
page.setDefaultTimeout(60000);
const problems = [];
page.on("pageerror", (e) => problems.push(String(e)));
try {
  await page.goto(base);
  await page.getByTestId("login-username").fill("wangli");
  await page.getByTestId("login-password").fill("yangzhou-12345");
  await page.getByTestId("login-submit").click();
  await page.getByTestId("simulate").click();
  await page.getByTestId("sample-night-noise").click();
  await page.getByTestId("answer").waitFor();
  await page.keyboard.press("F9");
  await page.getByTestId("card-1").filter({ hasText: "夜间施工" }).waitFor();
  await page.keyboard.press("Alt+Digit1");
  await page.getByTestId("take-1").filter({ hasText: "已采用" }).waitFor();
  await page.locator("[data-final=true].citizen").nth(1).waitFor();
  await page.screenshot({ path: `${folder}/desk.png` });
  await page.keyboard.press("F8");
  await page.getByText("通话已结束").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByText("已派单：").waitFor();
  await page.getByTestId("go-tickets").click();
  await page.locator(".ticket-row").filter({ hasText: "邗江区城市管理局" }).first().click();
  await page.getByText("办理记录").waitFor();
  await page.screenshot({ path: `${folder}/ticket.png` });
  if (problems.length) throw new Error(problems.join("\n"));
  console.log("ok");
} catch (e) {
  await page.screenshot({ path: `${folder}/failed.png` });
  throw e;
} finally {
  await browser.close();
}
