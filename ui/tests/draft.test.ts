import { beforeEach, expect, test } from "vitest";
import { disputed, Draft, missing } from "../src/draft";
import type { Filled } from "../src/events";
import { blank } from "../src/fields";

const filled = (name: string, value: string, doubtful = false): Record<string, Filled> => ({
  [name]: { name, value, utterance: "c1", quote: value, doubtful },
});
let draft: Draft;
beforeEach(() => (draft = new Draft()));

test("what the copilot hears fills the form, tinted, and follows it", () => {
  draft.fill(filled("address", "文昌西路"));
  draft.fill(filled("address", "文昌西路12号"));
  expect([draft.form.address, draft.tinted("address"), draft.unsaved.size]).toEqual(["文昌西路12号", true, 0]);
});

test("what it no longer hears is taken back", () => {
  draft.fill({ ...filled("address", "文昌西路"), ...filled("urgency", "紧急") });
  draft.fill({});
  expect([draft.form.address, draft.form.urgency]).toEqual(["", "普通"]);
});

test("what a person touched is never overwritten, nor taken back", () => {
  draft.fill(filled("title", "旧"));
  draft.write("title", "我的");
  draft.fill(filled("title", "新"));
  draft.fill({});
  expect([draft.form.title, draft.tinted("title")]).toEqual(["我的", false]);
});

test("a department is proposed until a person chose one; two that are too close propose none", () => {
  const one = { name: "甲局", score: 0.9, basis: "依据甲" };
  draft.propose(one);
  expect([draft.form.department, draft.form.basis, draft.tinted("department")]).toEqual(["甲局", "依据甲", true]);
  draft.propose(null);
  expect(draft.form.department).toBe("");
  draft.choose({ name: "乙局", score: 0.2, basis: "依据乙" });
  draft.propose(one);
  expect([draft.form.department, draft.form.basis]).toEqual(["乙局", "依据乙"]);
});

test("a doubtful number asks to be read back until it is confirmed; the value stays", () => {
  draft.fill(filled("callback_number", "13852706021", true));
  expect(draft.doubtful("callback_number")).toBe(true);
  draft.confirm("callback_number");
  expect([draft.doubtful("callback_number"), draft.changes()]).toEqual([false, { callback_number: "13852706021" }]);
});

test("a touched field can go back to what was heard", () => {
  draft.fill(filled("address", "文昌西路"));
  draft.write("address", "文昌东路");
  expect(draft.restorable("address")).toBe(true);
  draft.restore("address");
  expect([draft.form.address, draft.restorable("address")]).toEqual(["文昌西路", false]);
  expect(draft.edit()).toEqual({ changes: {}, release: ["address"] });
  draft.fill(filled("address", "文昌西路12号"));
  expect(draft.form.address).toBe("文昌西路12号");
});

test("a field that was given back and typed into again is the person's", () => {
  draft.fill(filled("address", "文昌西路"));
  draft.write("address", "文昌东路");
  draft.restore("address");
  draft.write("address", "文昌中路");
  expect(draft.edit()).toEqual({ changes: { address: "文昌中路" }, release: [] });
});

test("only what changed is sent, and what was typed while saving stays to be saved", () => {
  draft.write("title", "停水");
  draft.write("address", "文");
  const sent = draft.edit();
  draft.write("address", "文昌西路");
  draft.saved(sent!);
  expect(draft.changes()).toEqual({ address: "文昌西路" });
  draft.saved(draft.edit()!);
  expect(draft.edit()).toBeNull();
});

test("the server's values come in, but not over words that it has not got", () => {
  draft.write("title", "没存的");
  draft.load({ title: "旧的", address: "文昌西路", content: "" }, ["address", "content"]);
  expect([draft.form.title, draft.form.address, draft.tinted("content")]).toEqual(["没存的", "文昌西路", false]);
});

test("a field that a person emptied stays empty after a reload", () => {
  draft.fill(filled("address", "文昌西路"));
  draft.load({ address: "" }, ["address"]);
  draft.fill(filled("address", "文昌西路"));
  expect(draft.form.address).toBe("");
});

test("words kept by the browser are typed again; unknown names are left out", () => {
  draft.revive(JSON.parse('{"title":"停水","nonsense":"x"}'));
  expect(draft.changes()).toEqual({ title: "停水" });
});

test("a phrase is added to the description and replaces any other field", () => {
  draft.write("content", "停水");
  draft.put("content", "三天了");
  draft.put("address", "文昌西路");
  draft.put("address", "文昌东路");
  expect([draft.form.content, draft.form.address]).toEqual(["停水\n三天了", "文昌东路"]);
});

test("the first thing that a ticket lacks is named", () => {
  expect(missing(blank())).toBe("nature");
  expect(missing({ ...blank(), nature: "求助", content: "停水" })).toBe("department");
  expect(missing({ ...blank(), nature: "求助", content: "停水", department: "甲局" })).toBeNull();
});

test("a conflict is only where another wrote other words since", () => {
  const base = { title: "", address: "", request: "修" };
  const theirs = { title: "停水", address: "乙", request: "修" };
  expect(disputed({ title: "停水 ", address: "甲", request: "快修" }, base, theirs)).toEqual(["address"]);
});
