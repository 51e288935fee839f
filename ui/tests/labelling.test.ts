import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";
import { Refusal } from "../src/http";
import { begin, corrected, detail, lack, sent, taking } from "../src/pages/labelling/answer";
import { balance, interval, size, verdict } from "../src/pages/labelling/figures";
import { does } from "../src/pages/labelling/labelKeys";
import { labelling } from "../src/pages/labelling/labellingApi";
import { pace } from "../src/pages/labelling/pace";
import type { LabelIn, LabelItem } from "../src/pages/labelling/shapes";
import { useItems } from "../src/pages/labelling/useItems";
import { mounted } from "./mounted";

const choice = (key: string, value: string, needs: LabelItem["choices"][number]["needs"] = "") =>
  ({ key, value, label: value, needs, ask: "", suggestions: [] });
const item = (id: number, more: Partial<LabelItem> = {}): LabelItem => ({
  id, queue: "slices", question: "？", text: "停水三天", context: {}, clip: null, mine: null, assigned: false, leased_until: null,
  choices: [choice("1", "usable", "text"), choice("2", "unclear"), choice("3", "article", "article"), choice("4", "other", "route")],
  ...more,
});
const speech = (id = 1) => item(id, {
  clip: { address: "/clip", seconds: 2 },
  choices: [choice("1", "right"), choice("2", "corrected", "text"), choice("3", "inaudible")],
});
const label = (what: Partial<LabelIn>): LabelIn =>
  ({ choice: "", text: "", article: "", slice: -1, matter1: "", matter2: "", department: "", ...what });

const press = (code: string, target: EventTarget | null = null, more = {}) =>
  does({ code, target, altKey: false, shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false, ...more });

test("keys of labelling go by where they lie: digits choose, Enter goes on, Backspace and U undo", () => {
  expect(["Digit1", "Numpad9", "Enter", "NumpadEnter", "KeyU", "Backspace", "KeyS", "KeyQ"].map((code) => press(code))).toEqual(
    ["choose-1", "choose-9", "next", "next", "undo", "undo", "skip", ""],
  );
  expect([press("Slash", null, { shiftKey: true }), press("KeyS", null, { shiftKey: true })]).toEqual(["help", ""]);
});

test("in a field bare keys are text, save Enter, arrows and Esc; Alt chooses, undoes, skips, plays there", () => {
  const field = document.createElement("input");
  expect(["Digit1", "KeyU", "Backspace", "KeyS", "KeyP"].map((code) => press(code, field))).toEqual(["", "", "", "", ""]);
  expect(["Enter", "ArrowDown", "Escape"].map((code) => press(code, field))).toEqual(["next", "down", "leave"]);
  const alt = { altKey: true };
  expect(["Digit3", "KeyU", "KeyS", "KeyP", "Backspace"].map((code) => press(code, field, alt))).toEqual(["choose-3", "undo", "skip", "play", ""]);
});

test("keys rest while an input method composes, in dialogs and lists; a button keeps its Enter, a choice does not", () => {
  const dialog = document.createElement("div");
  dialog.setAttribute("role", "dialog");
  const button = document.createElement("button");
  expect([
    press("Enter", document.createElement("input"), { isComposing: true }),
    press("Digit1", null, { isComposing: true }),
    press("Enter", dialog),
    press("Enter", button),
    press("KeyU", null, { ctrlKey: true }),
  ]).toEqual(["", "", "", "", ""]);
  button.dataset.choice = "";
  expect(press("Enter", button)).toBe("next");
});

test("nothing is sent before it is whole, and nothing that the choice does not need", () => {
  const one = item(1);
  const answer = begin(one);
  expect(lack(one, answer)).toBe("按数字键选一项");
  expect(lack(one, { ...answer, choice: "usable", text: "  " })).not.toBe("");
  expect(lack(one, { ...answer, choice: "article" })).not.toBe("");
  expect(lack(one, { ...answer, choice: "other", matter1: "水务", matter2: "停水" })).not.toBe("");
  const whole = { ...answer, choice: "usable", text: " 停水找谁 ", article: "YB-1", slice: 2, department: "水务局" };
  expect([lack(one, whole), sent(one, whole)]).toEqual(["", label({ choice: "usable", text: "停水找谁" })]);
});

test("heard words that were changed are corrected, untouched ones right, unless something else was chosen", () => {
  const one = speech();
  const answer = begin(one);
  expect(answer.text).toBe("停水三天");
  expect([corrected(one, answer), sent(one, answer)]).toEqual(["right", label({ choice: "right" })]);
  expect(sent(one, { ...answer, text: "停水四天" })).toEqual(label({ choice: "corrected", text: "停水四天" }));
  expect(corrected(one, { ...answer, text: "停水四天", choice: "inaudible" })).toBe("inaudible");
});

test("an item that was labelled begins with that label; one side of a dispute can be taken over whole", () => {
  expect(begin(item(1, { mine: label({ choice: "usable", text: "停水找谁" }) }))).toMatchObject({ choice: "usable", text: "停水找谁" });
  const side = { ...label({ choice: "other", matter1: "水务", matter2: "停水", department: "水务局" }), label: "都不是", title: "" };
  expect([detail(side), sent(item(1), taking(side)).department]).toEqual(["水务 / 停水 → 水务局", "水务局"]);
});

test("the pace leaves breaks out and says nothing of a few items", () => {
  const minute = 60_000;
  expect(pace([0, 1, 2, 3].map((n) => n * 6000), 18_000)).toBe(0);
  expect(pace(Array.from({ length: 11 }, (_, n) => n * 6000), minute)).toBe(600);
  const broken = [0, 6000, 12_000, 18_000, 18_000 + 8 * minute, 24_000 + 8 * minute];
  expect(pace(broken, 24_000 + 8 * minute)).toBe(Math.round((5 * 3_600_000) / (4 * 6000 + 90_000)));
});

test("κ is put in words; a class balance keeps the largest and sums up the rest", () => {
  const of100 = (kappa: number | null) => verdict({ kappa, pairs: 100, low: null, high: null }).word;
  expect([0.9, 0.6, 0.41, -0.2, null].map(of100)).toEqual(["很一致", "较一致", "一般", "不一致", "不能算"]);
  expect(verdict({ kappa: 1, pairs: 3, low: 1, high: 1 }).word).toBe("太少，仅供参考");
  expect(interval({ pairs: 3, kappa: 0.5, low: 0.31, high: 0.689 })).toBe("0.31 至 0.69");
  const of = (train: number) => ({ train, dev: 1, test: 0 });
  expect(balance({ relevant: of(1) })[0].name).toBe("相关");
  const all = balance({ a: of(1), b: of(9), c: of(2), d: of(3) }, 3);
  expect(all).toEqual([{ name: "b", of: of(9) }, { name: "d", of: of(3) }, { name: "其余 2 类", of: { train: 3, dev: 2, test: 0 } }]);
  expect([size(12), size(2048), size(3_145_728)]).toEqual(["12 字节", "2.0 KB", "3.0 MB"]);
});

/** The server: what it holds, what it got, and answers that wait. */
let held: LabelItem[];
let got: string[];
let refuse: Error | null;
let work: ReturnType<typeof useItems>;
let end: () => void;
const settled = async () => {
  for (let n = 0; n < 12; n += 1) await nextTick();
};

beforeEach(async () => {
  held = Array.from({ length: 8 }, (_, n) => item(n + 1));
  got = [];
  refuse = null;
  vi.spyOn(labelling, "next").mockImplementation(async () => held);
  vi.spyOn(labelling, "release").mockImplementation(async (ids) => void got.push(`release ${ids}`));
  vi.spyOn(labelling, "undo").mockImplementation(async () => (got.push("undo"), item(1, { mine: label({ choice: "unclear" }) })));
  vi.spyOn(labelling, "label").mockImplementation(async (id, given) => {
    got.push(`label ${id} ${given.choice}`);
    if (refuse) throw refuse;
    return { done_today: 1, remaining: 7 };
  });
  ({ made: work, end } = mounted(() => useItems(() => undefined)));
  await work.open("slices");
});
afterEach(async () => {
  end();
  await settled(); // what is held is given back
  vi.restoreAllMocks();
});

test("the next item is there at once, before the server has the label; labels arrive one after the other", async () => {
  work.label(label({ choice: "unclear" }));
  work.label(label({ choice: "unclear" }));
  expect([work.item.value?.id, got]).toEqual([3, []]);
  await settled();
  expect(got).toEqual(["label 1 unclear", "label 2 unclear"]);
});

test("items that the server still counts as held are not shown twice", async () => {
  for (let n = 0; n < 4; n += 1) work.label(label({ choice: "unclear" }));
  await settled();
  expect(work.items.value.map((one) => one.id)).toEqual([5, 6, 7, 8]);
});

test("an undo waits for the label that is on its way and shows its item with what was said", async () => {
  work.label(label({ choice: "unclear" }));
  await work.undo();
  expect([got, work.item.value?.id, work.item.value?.mine?.choice]).toEqual([["label 1 unclear", "undo"], 1, "unclear"]);
});

test("a label that did not arrive comes again after the item in hand, as it was given; one that is closed does not", async () => {
  refuse = new Refusal("网络不通", 0);
  work.label(label({ choice: "unclear" }));
  await settled();
  expect(work.items.value.slice(0, 3).map((one) => one.id)).toEqual([2, 1, 3]);
  expect([work.items.value[1].mine?.choice, work.problem.value]).toEqual(["unclear", "上一条没有存上：网络不通"]);
  refuse = new Refusal("这一条已经收卷", 409);
  work.label(label({ choice: "unclear" }));
  await settled();
  expect(work.items.value.slice(0, 2).map((one) => one.id)).toEqual([1, 3]);
});

test("what is skipped is given back and not shown again until it is asked for", async () => {
  work.skip();
  await settled();
  expect([got, work.item.value?.id, work.skipped.value.size]).toEqual([["release 1"], 2, 1]);
  held = [item(1)];
  for (let n = 0; n < 7; n += 1) work.label(label({ choice: "unclear" }));
  await settled();
  expect(work.item.value).toBeNull();
  await work.revisit();
  expect(work.item.value?.id).toBe(1);
});

test("whoever leaves gives back what was not labelled", async () => {
  await work.open("speech");
  await settled();
  expect(got[0]).toBe("release 1,2,3,4,5,6,7,8");
});
