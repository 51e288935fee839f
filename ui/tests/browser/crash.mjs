// The server dies in mid-call and comes back: node crash.mjs BASE_URL SCREENSHOT_FOLDER
// It says "kill" and "start" on its output when the one who runs it shall kill the server and start it again.
import { asAgent, takeCall, until } from "./agent.mjs";

const TITLE = "断线前打的字，断线后补的字";

await asAgent("crash", async (page, shot) => {
  await takeCall(page, "water-cut");
  const said = page.locator("[data-testid=utterance][data-final=true]");
  await said.first().waitFor();
  const words = await said.first().innerText();
  const title = page.locator("#field-title input");
  await title.fill("断线前打的字");
  console.log("kill");
  await page.getByTestId("lost").waitFor();
  await title.fill(TITLE);
  await page.keyboard.press("Control+KeyS");
  await page.getByTestId("kept").filter({ hasText: "自动重试" }).waitFor();
  await shot("lost");
  console.log("start");
  await page.getByTestId("lost").waitFor({ state: "detached" });
  await page.getByText("通话已结束").waitFor();
  await page.getByTestId("kept").filter({ hasText: "已存" }).waitFor();
  await page.reload();
  await until(page, "the typed title", (text) => document.querySelector("#field-title input")?.value === text, TITLE);
  await said.first().waitFor();
  if ((await said.first().innerText()) !== words) throw new Error("what was heard before the crash is gone");
  await shot("back");
});
