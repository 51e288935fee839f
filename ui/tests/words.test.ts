import { expect, test } from "vitest";
import { bare, phrases, quoted, shared } from "../src/words";

const text = (pieces: { text: string }[]) => pieces.map((piece) => piece.text);

test("an utterance is cut at its punctuation and loses no character", () => {
  const cut = phrases({ text: "你好，我家停水了。", marks: [] });
  expect(cut.map((phrase) => text(phrase).join(""))).toEqual(["你好，", "我家停水了。"]);
});

test("marks keep what was heard, also across phrases", () => {
  const cut = phrases({ text: "在邗江区，文昌路", marks: [{ start: 1, end: 6, kind: "repaired", before: "韩江" }] });
  expect(cut.map(text)).toEqual([["在", "邗江区，"], ["文", "昌路"]]);
  expect(cut[0][1]).toMatchObject({ kind: "repaired", before: "韩江" });
});

test("marks out of order or overlapping do not double a character", () => {
  const marks = [
    { start: 2, end: 4, kind: "doubtful" as const, before: "" },
    { start: 0, end: 3, kind: "repaired" as const, before: "" },
  ];
  expect(text(phrases({ text: "一二三四五", marks })[0]).join("")).toBe("一二三四五");
});

test("a phrase goes into a field without its punctuation", () => {
  expect(bare("，文昌西路12号。")).toBe("文昌西路12号");
});

test("a card shows which of its words were said", () => {
  const parts = shared("夜间施工噪声由城管受理", "楼下夜间施工太吵");
  expect(parts).toEqual([{ text: "夜间施工", said: true }, { text: "噪声由城管受理", said: false }]);
});

test("the quoted words are found, or the whole utterance stands for them", () => {
  expect(quoted("我住文昌西路", "文昌西路")).toEqual([2, 6]);
  expect(quoted("我住文昌西路", "汶河南路")).toBeNull();
});

test("a comma that was corrected is not marked", () => {
  const marks = [{ start: 2, end: 3, kind: "repaired" as const, before: "" }];
  expect(phrases({ text: "好的，请问", marks })[0]).toEqual([{ text: "好的，", kind: "", before: "" }]);
});
