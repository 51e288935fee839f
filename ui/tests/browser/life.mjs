// One ticket from the agent to the archive, each person with the buttons of their role: node life.mjs BASE_URL SCREENSHOT_FOLDER
import { until } from "./browsing.mjs";
import { draft, move, offered, withStaff } from "./staff.mjs";

const LEAD = "邗江区城市管理局";

await withStaff("life", async ({ as, on, shot }) => {
  const agent = await as("wangli");
  on.ticket = await draft(agent, { confidential: true, content: "小区门口路灯坏了一个星期，晚上看不清路。" });
  await as("wangli");
  await agent.locator("[data-field=nature]").getByRole("radio", { name: "求助" }).click();
  await agent.locator("[data-field=title] input").fill("文昌西路小区门口路灯不亮");
  await agent.locator("[data-field=callback_number] input").fill("13800001234");
  await agent.keyboard.press("Control+s");
  await agent.getByTestId("form-kept").filter({ hasText: "已存" }).waitFor();
  await shot(agent, "draft");
  await move(agent, "submit", {}, "待审核");

  const reviewer = await as("sunjuan");
  await shot(reviewer, "review");
  await move(reviewer, "approve", {}, "待派单");

  const dispatcher = await as("chenjie");
  await move(dispatcher, "dispatch", { department: LEAD, basis: "派单目录：路灯设施维护" }, "待签收");

  const department = await as("hanjiang");
  const moves = await offered(department);
  if (moves.join() !== "ask_return,note,sign") throw new Error(`a department that has to sign is offered ${moves}`);
  await department.getByText("为什么是这个时间？").first().click();
  await shot(department, "sign");
  await department.keyboard.press("Alt+Enter");
  await department.getByTestId("move-form").waitFor();
  await department.keyboard.press("Control+Enter");
  await department.getByTestId("state").filter({ hasText: "办理中" }).waitFor();
  await department.getByTestId("ticket-page").filter({ hasText: "138****1234" }).waitFor();
  await department.getByTestId("unmask").click();
  await department.locator("[data-input=reason] textarea").fill("到现场前要先电话联系");
  await department.keyboard.press("Control+Enter");
  await department.getByTestId("ticket-page").filter({ hasText: "13800001234" }).waitFor();
  await department.getByTestId("timeline").filter({ hasText: "到现场前要先电话联系" }).waitFor();
  await move(department, "contact", { contact: "已电话联系，约好当晚到现场" }, "办理中");
  await department.locator("[data-testid=files] input[type=file]").setInputFiles({
    name: "现场说明.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("灯杆编号 1024，线路已修复。"),
  });
  await department.getByRole("link", { name: "现场说明.txt" }).waitFor();
  await move(department, "reply", { reply: "线路已修复，路灯恢复照明。", result: "已解决" }, "待审反馈");
  await shot(department, "replied");

  const before = await as("sunjuan");
  await move(before, "accept_reply", {}, "待回访");

  const caller = await as("lihua");
  await caller.getByTestId("callback").filter({ hasText: "线路已修复" }).filter({ hasText: "13800001234" }).waitFor();
  await shot(caller, "callback");
  await caller.keyboard.press("Alt+Enter");
  await caller.getByTestId("move-form").waitFor();
  await until(caller, "the cursor on the choices", () => document.activeElement?.matches("[role=radio]"));
  await caller.keyboard.press("Digit1");
  await caller.keyboard.press("Control+Enter");
  await caller.getByTestId("state").filter({ hasText: "已办结" }).waitFor();

  const last = await as("sunjuan");
  await move(last, "archive", {}, "已归档");
  if ((await offered(last)).length) throw new Error("something can still be done to an archived ticket");
  await shot(last, "archived");

  await as("wangli");
  await agent.getByTestId("link").click();
  await agent.getByTestId("state").filter({ hasText: "草稿" }).waitFor();
  await agent.getByTestId("relations").filter({ hasText: "前次工单" }).waitFor();
  await shot(agent, "linked");
});
