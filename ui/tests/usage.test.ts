import { beforeEach, expect, test } from "vitest";
import { bars, columns, intervals, shares } from "../src/charts/options";
import { articles, numbers, sources, spoken } from "../src/parts/drafted";
import { cited, interval, percent, rate } from "../src/pages/knowledge/figures/rates";
import { begun, leave } from "../src/pages/knowledge/gaps/written";
import { does } from "../src/pages/knowledge/recalls/recallKeys";
import { recall } from "../src/pages/ticket/unsent";

const LOOK = { ink: "#000", soft: "#555", line: "#ddd", panel: "#fff", series: ["#00f", "#f80", "#0a0"], good: "#0a0", warn: "#a60", bad: "#a00" };
const week = { week_start: "2026-11-23", calls: 10, with_card: 9, measured: 8, inserted: 7, said: 4, tickets: 0, tickets_cited: 0, zero_searches: 1 };

beforeEach(() => sessionStorage.clear());

test("nothing is claimed where nothing was counted", () => {
  expect([percent(rate(3, 4)), percent(rate(0, 0)), interval(0, 0)]).toEqual(["75.0%", "—", ""]);
  expect(cited([week, { ...week, calls: 0, measured: 0 }])).toEqual([
    { week: "2026-11-23", inserted: 0.7, said: 0.5 },
    { week: "2026-11-23", inserted: null, said: null },
  ]);
  expect(interval(8, 10)).toBe("49.0% 至 94.3%");
});

test("a week without calls leaves a hole in the line rather than a zero", () => {
  const plot = shares(LOOK, ["1", "2"], [{ name: "填入", values: [0.7, null] }], 0.8) as { series: { data: unknown; connectNulls: boolean; markLine: { data: unknown } }[] };
  expect([plot.series[0].data, plot.series[0].connectNulls, plot.series[0].markLine.data]).toEqual([[0.7, null], false, [{ yAxis: 0.8 }]]);
});

test("an estimate without an interval is drawn as a point alone, one with an interval inside the axis", () => {
  const { series } = intervals(LOOK, ["甲", "乙"], [{ value: 0.9, low: 0.7, high: 1.1 }, { value: 0.5, low: null, high: null }]) as { series: { type: string; data: unknown[] }[] };
  expect(series.map((one) => one.type)).toEqual(["line", "scatter"]);
  expect(series[0].data).toEqual([[0.7, "甲"], [1, "甲"]]);
});

test("several series have a legend; a single one has its numbers", () => {
  const one = bars(LOOK, ["甲"], [{ name: "次数", values: [1] }]) as { legend?: object; series: { label?: { show: boolean } }[] };
  const two = columns(LOOK, ["甲"], [{ name: "a", values: [1] }, { name: "b", values: [2] }], true) as { legend?: object; series: { stack?: string }[] };
  expect([one.legend, one.series[0].label?.show, !!two.legend, two.series[0].stack]).toEqual([undefined, true, true, "all"]);
});

const cite = (article: string, slice: number) => ({ article, version: 1, slice, clause: "", title: article, text: `${article} ${slice}` });
const sentences = [
  { text: "先备案。", cites: [cite("A", 0)] },
  { text: "当天生效。 ", cites: [cite("A", 1), cite("B", 0)] },
  { text: "再去看病。", cites: [cite("A", 0)] },
];

test("a source that is cited twice keeps its number; every article is cited once", () => {
  const all = sources(sentences);
  expect(all.map((one) => one.text)).toEqual(["A 0", "A 1", "B 0"]);
  expect(sentences.map((one) => numbers(one, all))).toEqual([[1], [2, 3], [1]]);
  expect([spoken(sentences), articles(sentences).map((one) => one.article)]).toEqual(["先备案。当天生效。再去看病。", ["A", "B"]]);
});

test("an article for a gap begins with what was asked, under the department that writes it", () => {
  const gap = { id: 7, title: "电梯维修基金怎么用", examples: ["电梯坏了基金能用吗"], department: "住建局" };
  expect(begun(gap, "")).toMatchObject({ title: "电梯维修基金怎么用", questions: ["电梯坏了基金能用吗"], issuer: "住建局" });
  leave(gap, "城管局");
  expect(recall<{ body: { issuer: string }; note: string }>("article:new")).toMatchObject({ note: "补缺口：电梯维修基金怎么用", gap: 7, body: { issuer: "城管局" } });
});

const press = (code: string, target: EventTarget | null = null, more = {}) =>
  does({ code, target, altKey: false, shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false, ...more });

test("an outcome of a callback is one key; in a field it is text", () => {
  expect(["Digit1", "Numpad8", "KeyJ", "ArrowUp", "Enter"].map((code) => press(code))).toEqual(["outcome-1", "outcome-8", "down", "up", ""]);
  expect([press("Digit1", document.createElement("input")), press("Digit1", null, { isComposing: true })]).toEqual(["", ""]);
});
