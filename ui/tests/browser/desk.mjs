// An agent takes a call, answers and dispatches by keyboard alone: node desk.mjs BASE_URL SCREENSHOT_FOLDER
import { asAgent, takeCall, until } from "./agent.mjs";

await asAgent("desk", async (page, shot) => {
  await shot("idle");
  await takeCall(page, "night-noise");

  const card = page.getByTestId("card-1").filter({ hasText: "夜间施工噪声" });
  const taken = page.locator("[data-testid=card-1][data-taken=true]").filter({ hasText: "夜间施工噪声" });
  await card.waitFor();
  await page.keyboard.press("Alt+Digit1");
  await taken.waitFor();
  const answer = await page.locator("#field-answer textarea").inputValue();
  if (!answer.trim()) throw new Error("a card was taken, the answer stayed empty");

  await page.keyboard.press("Alt+Shift+Digit1");
  await page.getByTestId("reasons").waitFor();
  await page.keyboard.press("Digit6");
  await page.getByTestId("dropped").waitFor();
  if (await page.locator("#field-answer textarea").inputValue()) throw new Error("a refused card stayed in the answer");
  await page.getByTestId("readmit").press("Enter");
  await page.getByTestId("dropped").waitFor({ state: "detached" });
  await card.waitFor();
  await page.keyboard.press("Alt+Digit1");
  await taken.waitFor();

  const phrases = page.getByTestId("phrases");
  await page.keyboard.press("Alt+KeyP");
  const phrase = await phrases.getByRole("option").first().getAttribute("title");
  await page.keyboard.press("Digit1");
  await phrases.waitFor({ state: "detached" });
  await until(page, "the phrase in the answer", (text) => document.activeElement?.value?.endsWith(text), phrase);

  await page.getByTestId("go-tickets").press("Enter");
  await page.getByTestId("ticket-table").waitFor();
  await page.getByTestId("live").waitFor();
  await page.keyboard.press("F2");
  await page.getByRole("button", { name: "已静音" }).waitFor();
  await page.keyboard.press("F2");
  await page.getByTestId("go-desk").press("Enter");

  const title = page.locator("#field-title input");
  await title.fill("坐席改过的标题");
  await page.keyboard.press("Control+KeyS");
  await page.getByTestId("kept").filter({ hasText: "已存" }).waitFor();
  await page.reload();
  await until(page, "the typed title", () => document.querySelector("#field-title input")?.value === "坐席改过的标题");
  await page.locator(".cited .el-tag").waitFor();

  await page.keyboard.press("Alt+Slash");
  await page.keyboard.type("路灯不亮");
  await page.keyboard.press("Enter");
  await page.getByText("检索结果").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("智能建议").waitFor();

  await page.locator("#field-address input").evaluate((input) => input.focus());
  await until(page, "an address that was heard", () => document.querySelector("#field-address input").value);
  await shot("call");
  await title.focus();
  await page.getByTestId("restore").press("Enter");
  await until(page, "the title as heard", () => document.querySelector("#field-title input").value !== "坐席改过的标题");
  await page.keyboard.press("Alt+KeyB");
  await page.keyboard.type("邗江区城市管理局");
  await page.keyboard.press("Enter");
  await page.keyboard.press("F8");
  await page.getByText("通话已结束").waitFor();
  await shot("ended");
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("done").filter({ hasText: "已派单：邗江区城市管理局" }).waitFor();
  await shot("done");
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("idle").waitFor();

  await page.getByTestId("go-tickets").click();
  await page.getByTestId("queue-mine").click();
  await page.locator(".ticket-row").filter({ hasText: "邗江区城市管理局" }).first().click();
  await page.getByTestId("timeline").filter({ hasText: "派单" }).waitFor();
  await page.getByTestId("utterance").first().waitFor();
  await shot("ticket");
});
