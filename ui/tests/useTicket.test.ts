import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ref } from "vue";
import { api, type Inputs, Refusal, type Ticket, type TicketEdit } from "../src/api";
import { useTicket } from "../src/desk/useTicket";
import { mounted } from "./mounted";

const call = ref("call-1");
/** The ticket that the server keeps; an edit of an older version is refused, as there. */
let kept: Ticket;
let sent: Inputs[];
let end: () => void;
let desk: ReturnType<typeof useTicket>;
const cited = [{ article: "ZS-0001", version: 1 }];

const write = (more: Partial<Ticket>) => (kept = { ...kept, ...more, version: kept.version + 1 });

beforeEach(async () => {
  sessionStorage.clear();
  call.value = "call-1";
  sent = [];
  kept = { id: 7, version: 1, state: "draft", touched: [], title: "", address: "", department: "" } as unknown as Ticket;
  vi.spyOn(api, "callTicket").mockImplementation(async () => kept);
  vi.spyOn(api, "edit").mockImplementation(async (_id: number, version: number, edit: TicketEdit) => {
    if (version !== kept.version) throw new Refusal("已被别人改过", 409);
    const touched = [...kept.touched, ...Object.keys(edit.changes)].filter((name) => !edit.release.some((one) => one === name));
    return write({ ...edit.changes, touched });
  });
  vi.spyOn(api, "act").mockImplementation(async (_ticket, _action, inputs = {}) => {
    sent.push(inputs);
    return write({ state: "dispatched" });
  });
  ({ made: desk, end } = mounted(() => useTicket(() => call.value, () => cited)));
  await desk.load();
});
afterEach(() => {
  end();
  vi.restoreAllMocks();
});

test("what another window changed comes in beside one's own words, without a question", async () => {
  write({ title: "另一窗口写的标题", touched: ["title"] });
  desk.write("address", "文昌西路");
  expect(await desk.flush()).toBe(true);
  expect([kept.title, kept.address]).toEqual(["另一窗口写的标题", "文昌西路"]);
  expect([desk.draft.form.title, desk.conflict.value]).toEqual(["另一窗口写的标题", null]);
});

test("where both changed the same field the agent decides whose words stay", async () => {
  write({ address: "他们的", touched: ["address"] });
  desk.write("address", "我的");
  expect(await desk.flush()).toBe(false);
  expect(desk.conflict.value?.names).toEqual(["address"]);
  await desk.settle(true);
  expect([kept.address, desk.conflict.value]).toEqual(["我的", null]);
});

test("their words are kept where the agent says so", async () => {
  write({ address: "他们的", touched: ["address"] });
  desk.write("address", "我的");
  await desk.flush();
  await desk.settle(false);
  expect([kept.address, desk.draft.form.address, desk.draft.edit()]).toEqual(["他们的", "他们的", null]);
});

test("a ticket that left the desk elsewhere is shown as it is and takes no more words", async () => {
  write({ state: "dispatched", title: "已经派了" });
  desk.write("title", "太晚了");
  expect(await desk.flush()).toBe(false);
  expect([desk.done.value, desk.draft.form.title, desk.saving.state]).toEqual([true, "已经派了", "refused"]);
  expect(await desk.flush()).toBe(true);
});

test("a field given back to the copilot is released at the server too", async () => {
  desk.draft.fill({ address: { name: "address", value: "文昌西路", utterance: "c1", quote: "文昌西路", doubtful: false } });
  desk.write("address", "文昌东路");
  await desk.flush();
  desk.change((draft) => draft.restore("address"));
  await desk.flush();
  expect(kept.touched).toEqual([]);
});

test("words that were not saved survive a reload of the page", async () => {
  vi.mocked(api.edit).mockRejectedValueOnce(new Refusal("网络不通", 0));
  desk.write("title", "断网时写的");
  await desk.flush();
  end();
  ({ made: desk, end } = mounted(() => useTicket(() => call.value, () => cited)));
  await desk.load();
  expect(desk.draft.form.title).toBe("断网时写的");
  await desk.flush();
  expect(kept.title).toBe("断网时写的");
});

test("words of one call never reach the ticket of another", async () => {
  desk.write("title", "第一通");
  desk.reset();
  call.value = "call-2";
  kept = { ...kept, id: 8, title: "" };
  await desk.load();
  await desk.flush();
  expect([desk.draft.form.title, kept.title]).toEqual(["", ""]);
});

test("a dispatch takes the answer and what it cites along; afterwards the form is closed", async () => {
  desk.change((draft) => {
    draft.write("nature", "投诉");
    draft.write("content", "夜间施工");
    draft.write("answer", "已转城管");
    draft.choose({ name: "甲局", score: 0.9, basis: "目录" });
  });
  await desk.dispatch();
  expect(sent).toEqual([{ department: "甲局", basis: "目录", answer: "已转城管", cited }]);
  desk.change((draft) => draft.write("title", "迟到的"));
  expect([desk.done.value, desk.draft.form.title]).toEqual([true, ""]);
});

test("nothing is dispatched while something is missing", async () => {
  await desk.dispatch();
  expect([sent, desk.done.value]).toEqual([[], false]);
});

test("a ticket goes to the reviewer while nobody knows whom it is for", async () => {
  desk.write("nature", "求助");
  await desk.submit();
  expect([sent, desk.done.value]).toEqual([[], false]);
  desk.write("content", "路灯不亮");
  await desk.submit();
  expect([sent.length, desk.done.value]).toEqual([1, true]);
});
