import { expect, test } from "vitest";
import { add, join, length, LONGEST, move, place, remove, type Slice, split, worthCutting } from "../src/pages/knowledge/editor/slices";
import { Undo } from "../src/pages/knowledge/editor/undo";

const slice = (text: string, clause = ""): Slice => ({ text, clause });
const texts = (slices: readonly Slice[]) => slices.map((one) => one.text);

test("a slice is cut at the caret, and the part that begins with its own clause stands under it", () => {
  const text = "第一条 先说。第二条 后说。";
  const { slices, at, caret } = split([slice(text, "第一条")], 0, text.indexOf("第二条"));
  expect(slices).toEqual([slice("第一条 先说。", "第一条"), slice("第二条 后说。", "第二条")]);
  expect([at, caret]).toEqual([1, 0]);
});

test("a part without a number of its own stays under the clause that it was cut from", () => {
  expect(split([slice("甲。乙。", "第三条")], 0, 2).slices.map((one) => one.clause)).toEqual(["第三条", "第三条"]);
});

test("cutting and joining again loses nothing; the caret stands at the seam", () => {
  const before = [slice("头"), slice("前半。后半。", "第二条"), slice("尾")];
  const cut = split(before, 1, 3);
  const back = join(cut.slices, cut.at);
  expect(texts(back.slices).map((text) => text.replace(/\n/g, ""))).toEqual(texts(before));
  expect([back.at, back.caret]).toEqual([1, 3]);
  expect(before).toHaveLength(3);
});

test("the first slice has nothing to join", () => {
  expect(texts(join([slice("甲"), slice("乙")], 0).slices)).toEqual(["甲", "乙"]);
});

test("moving stops at the ends", () => {
  const three = [slice("甲"), slice("乙"), slice("丙")];
  expect(texts(move(three, 0, 1).slices)).toEqual(["乙", "甲", "丙"]);
  expect([move(three, 0, -1).at, move(three, 2, 1).at]).toEqual([0, 2]);
});

test("there is always one slice to write into", () => {
  expect(remove([slice("甲")], 0).slices).toEqual([slice("")]);
  expect(texts(add([slice("甲"), slice("乙")], 0).slices)).toEqual(["甲", "", "乙"]);
});

test("proposed slices take the place of an empty one and stand behind one with text", () => {
  const proposed = [slice("一"), slice("二")];
  expect(texts(place([slice(" ")], 0, proposed).slices)).toEqual(["一", "二"]);
  expect(place([slice("有字"), slice("尾")], 0, proposed)).toMatchObject({ at: 1, slices: [{ text: "有字" }, { text: "一" }, { text: "二" }, { text: "尾" }] });
});

test("length is counted as the server counts it, by characters and not by halves of them", () => {
  expect(length("𠮷野家")).toBe(3);
});

test("a text of several clauses, or one that is too long, is better cut", () => {
  expect(worthCutting("第一条 甲\n第二条 乙")).toBe(true);
  expect(worthCutting("一".repeat(LONGEST))).toBe(false);
  expect(worthCutting("一".repeat(LONGEST + 1))).toBe(true);
  expect(worthCutting("按第三条办理\n请带身份证")).toBe(false);
});

test("typing on is one step to undo, another place begins a new one", () => {
  const undo = new Undo<string>();
  undo.push("", "title", 0);
  undo.push("租", "title", 100);
  undo.push("租房", "0:text", 200);
  expect(undo.undo("租房补")).toBe("租房");
  expect(undo.undo("租房")).toBe("");
  expect(undo.undo("")).toBeNull();
  expect(undo.redo("")).toBe("租房");
  expect(undo.has).toEqual({ back: true, on: true });
  undo.push("租房", "", 300);
  expect(undo.redo("另写")).toBeNull();
});

test("after a pause the same place is a step of its own", () => {
  const undo = new Undo<string>(10, 1000);
  undo.push("一", "title", 0);
  undo.push("一二", "title", 1001);
  expect(undo.undo("一二三")).toBe("一二");
});
