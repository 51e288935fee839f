import { expect, test } from "vitest";
import { empty, merge, pieces, reduce } from "../src/call";
import type { Heard, WireEvent } from "../src/events";
import { action } from "../src/keys";

const heard = (over: Partial<Heard>): Heard => ({ type: "heard", call: "x", seq: 0, utterance: "c1", leg: "citizen", start: 0, end: 1, text: "停水", raw: "停水", final: false, marks: [], ...over });

test("a final replaces its drafts, and no late draft replaces the final", () => {
  let state = empty("x");
  for (const e of [heard({ text: "停" }), heard({ text: "停水了", final: true, seq: 3 }), heard({ text: "停水" })] as WireEvent[]) state = reduce(state, e);
  expect(state.heard.map((h) => h.text)).toEqual(["停水了"]);
});

test("an event that comes twice after a reconnect counts once", () => {
  const alert: WireEvent = { type: "alerted", call: "x", seq: 5, kind: "火灾", number: "119", advice: "", utterance: "c1", quote: "着火" };
  expect(reduce(reduce(empty("x"), alert), alert).alerts).toHaveLength(1);
});

test("what a person touched is never overwritten", () => {
  const fields = { title: { name: "title", value: "新", utterance: "c1", quote: "新", doubtful: false } };
  expect(merge({ title: "我的" }, fields, new Set(["title"])).title).toBe("我的");
  expect(merge({ title: "旧" }, fields, new Set()).title).toBe("新");
});

test("marks cut a text into pieces", () => {
  const cut = pieces(heard({ text: "在邗江区", marks: [{ start: 1, end: 4, kind: "repaired", before: "韩江区" }] }));
  expect(cut.map((p) => p.text)).toEqual(["在", "邗江区"]);
});

test("keys go by physical key and rest while composing", () => {
  const press = { code: "Digit1", altKey: true, shiftKey: false, ctrlKey: false, isComposing: false };
  expect(action(press)).toBe("take-1");
  expect(action({ ...press, shiftKey: true })).toBe("refuse-1");
  expect(action({ ...press, isComposing: true })).toBe("");
});
