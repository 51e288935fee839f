import { expect, test } from "vitest";
import type { Entry } from "../src/api";
import { lines, told, words } from "../src/pages/ticket/told";

const NAMES = Object.fromEntries(
  Object.entries({ days: "延期", department: "承办单位", cited: "引用依据", title: "标题", reason: "理由" }).map(([name, label]) => [name, { label }]),
);
const entry = (over: Partial<Entry>): Entry => ({
  seq: 1, at: "2026-01-05T01:00:00Z", actor: "wangli", name: "王丽", role: "agent", department: "", action: "edit", label: "修改",
  from_state: "draft", to_state: "draft", reason: "", rule_version: "", changes: {}, details: {}, ...over,
});

test("what was given with a move is told in words, its reason only once", () => {
  const asked = entry({ action: "ask_extension", details: { inputs: { days: 3, reason: "等材料" } } });
  expect(lines(asked, NAMES)).toEqual([{ label: "延期", text: "3 个工作日" }]);
});

test("clocks that a move set are told in China's time", () => {
  const sent = entry({ action: "dispatch", details: { inputs: { department: "甲局" }, clocks: { handle: { due_at: "2026-01-12T01:00:00Z" } } } });
  expect(lines(sent, NAMES)).toEqual([
    { label: "承办单位", text: "甲局" },
    { label: "办理期限", text: "01-12 09:00" },
  ]);
});

test("an edit tells the fields by their names, and which were emptied", () => {
  expect(lines(entry({ changes: { title: "", touched: ["title"] } }), NAMES)).toEqual([{ label: "标题", text: "（清空）" }]);
});

test("values are read as people say them", () => {
  expect([words(true), words(["甲", "乙"]), words([{ article: "ZS-1", version: 2 }]), words(null)]).toEqual([
    "是", "甲、乙", "ZS-1 第 2 版", "",
  ]);
});

test("edits in a row by one person are drawn as one that holds them all", () => {
  const rows = told([entry({ changes: { title: "甲" } }), entry({ seq: 2, changes: { address: "乙" } })], false);
  expect(rows.map(({ times, entry: one }) => [times, one.seq, one.changes])).toEqual([[2, 2, { title: "甲", address: "乙" }]]);
  expect(told([entry({}), entry({ actor: "zhaomin" })], false)).toHaveLength(2);
});

test("the copilot's fills show on request", () => {
  const all = [entry({ action: "fill", actor: "copilot", role: "system" }), entry({ action: "submit" })];
  expect(told(all, false).map((one) => one.entry.action)).toEqual(["submit"]);
  expect(told(all, true).map((one) => one.entry.action)).toEqual(["fill", "submit"]);
});
