// Returned to and fro, settled in conference, extended, done again, ruled on by two: node dispute.mjs BASE_URL SCREENSHOT_FOLDER
import { draft, move, offered, withStaff } from "./staff.mjs";

const ONE = "邗江区城市管理局";
const OTHER = "广陵区城市管理局";
const BASIS = "派单目录：占道经营";

await withStaff("dispute", async ({ as, on, shot }) => {
  const agent = await as("zhaomin");
  on.ticket = await draft(agent, { nature: "投诉", title: "区界路口占道经营", content: "两区交界的路口每天有人占道摆摊。" });
  await move(await as("zhaomin"), "submit", {}, "待审核");
  await move(await as("sunjuan"), "approve", {}, "待派单");

  for (const [name, user] of [[ONE, "hanjiang"], [OTHER, "guangling"]]) {
    await move(await as("chenjie"), "dispatch", { department: name, basis: BASIS }, "待签收");
    await move(await as(user), "ask_return", { reason: "不在本区范围", basis: "行政区划图" }, "申请退单");
    await move(await as("chenjie"), "accept_return", {}, "待派单");
  }
  await move(await as("chenjie"), "dispatch", { department: ONE, basis: BASIS }, "待签收");
  await move(await as("hanjiang"), "ask_return", { reason: "仍不在本区范围", basis: "行政区划图" }, "申请退单");
  await move(await as("chenjie"), "accept_return", { note: "互相退单，提请会商" }, "待会商");

  const supervisor = await as("zhoutao");
  await shot(supervisor, "conference");
  await move(supervisor, "assign", { department: ONE, basis: "会商纪要", assisting: OTHER }, "待签收");
  const lead = await as("hanjiang");
  if ((await offered(lead)).includes("ask_return")) throw new Error("what a conference has settled is returned again");
  await move(lead, "sign", {}, "办理中");
  await move(lead, "ask_extension", { days: "3", reason: "等联合整治的日期" }, "申请延期");
  await move(await as("zhoutao"), "grant_extension", { note: "同意，抓紧办理" }, "办理中");

  const stale = await as("hanjiang");
  await stale.getByTestId("act-reply").click();
  await stale.locator("[data-input=reply] textarea").fill("已联合整治，摊位已清理。");
  await stale.locator("[data-input=result]").getByRole("radio", { name: "已解决" }).click();
  await move(await as("zhoutao"), "supervise", { level: "1", reason: "群众多次反映" }, "办理中");
  await stale.keyboard.press("Control+Enter");
  await stale.getByTestId("move-problem").filter({ hasText: "督办" }).waitFor();
  await shot(stale, "conflict");
  await stale.getByTestId("move-reload").click();
  await stale.getByTestId("flag").filter({ hasText: "1 级督办" }).waitFor();
  await stale.keyboard.press("Control+Enter");
  await stale.getByTestId("state").filter({ hasText: "待审反馈" }).waitFor();

  await move(await as("sunjuan"), "accept_reply", {}, "待回访");
  await move(await as("lihua"), "unsatisfied", { reason: "第二天又摆上了" }, "待重办");
  await move(await as("hanjiang"), "sign", {}, "办理中");
  await move(await as("hanjiang"), "reply", { reply: "已安排专人值守。", result: "已解决" }, "待审反馈");
  await move(await as("sunjuan"), "accept_reply", {}, "待回访");
  await move(await as("lihua"), "dispute", { reason: "要求超出法定职责", evidence: "值守记录和现场照片" }, "待裁定");

  await move(await as("sunjuan"), "uphold", { reason: "已依法办理" }, "待裁定");
  const second = await as("zhoutao");
  await move(second, "uphold", { reason: "证据充分，同意办结" }, "已办结");
  await second.getByTestId("timeline").filter({ hasText: "3 个工作日" }).filter({ hasText: `协办单位 ${OTHER}` }).waitFor();
  await shot(second, "closed");
});
