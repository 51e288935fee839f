import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick, reactive, shallowRef } from "vue";
import { api } from "../src/api";
import { type Taken, useCards } from "../src/desk/useCards";
import { Draft } from "../src/draft";
import type { Card } from "../src/events";
import { parting } from "../src/parting";
import { prefs } from "../src/prefs";
import { card } from "./heard";
import { mounted } from "./mounted";

const [a, b, c] = ["a", "b", "c"].map(card);
const incoming = shallowRef<Card[]>([]);
const done = shallowRef(false);
let draft: Draft;
let decided: string[];
let cards: ReturnType<typeof useCards>;
let end: () => void;

beforeEach(async () => {
  prefs.quiet = false;
  draft = reactive(new Draft()) as Draft;
  decided = [];
  done.value = false;
  vi.spyOn(api, "decide").mockImplementation(async (_call, one, decision, reason = "") => {
    decided.push([one.article, decision, reason].filter(Boolean).join(" "));
  });
  const ticket = { draft, done, change: (work: (draft: Draft) => void) => work(draft) };
  ({ made: cards, end } = mounted(() => useCards(() => "call", () => incoming.value, reactive(new Map<string, Taken>()), ticket)));
  incoming.value = [a, b, c];
  await nextTick();
});
afterEach(() => {
  end();
  incoming.value = [];
  vi.restoreAllMocks();
});

const shown = () => cards.visible.value.map((one) => one.article).join("");

test("taking writes the text into the answer and cites it; taking again takes both back", async () => {
  draft.write("answer", "您好。");
  await cards.take(a);
  expect([draft.form.answer, [...cards.taken.keys()]]).toEqual(["您好。\na的答复", ["a"]]);
  await cards.take(a);
  expect([draft.form.answer, cards.taken.size, decided]).toEqual(["您好。", 0, ["a taken", "a withdrawn"]]);
});

test("a drafted answer goes into the answer, and every article that it rests on is cited once", async () => {
  await cards.take(a);
  await cards.compose("先备案。", [{ article: "a", version: 1, title: "甲" }, { article: "d", version: 2, title: "丁" }]);
  expect([draft.form.answer, [...cards.taken.keys()], decided]).toEqual(["a的答复\n先备案。", ["a", "d"], ["a taken", "d taken"]]);
  cards.withdraw("d");
  expect([draft.form.answer, cards.taken.has("d")]).toEqual(["a的答复\n先备案。", false]);
});

test("once the ticket has left the desk nothing is taken any more", async () => {
  done.value = true;
  await cards.take(a);
  expect([draft.form.answer, decided]).toEqual(["", []]);
});

test("a refused card goes, says what went, and comes back when that was a slip", async () => {
  cards.refusing.value = b;
  await cards.refuse("地区不符");
  await nextTick();
  expect([shown(), cards.dropped.value?.article]).toEqual(["ac", "b"]);
  await cards.readmit();
  await nextTick();
  expect([shown(), cards.dropped.value, decided]).toEqual(["abc", null, ["b refused 地区不符", "b withdrawn"]]);
});

test("a taken card that is refused leaves the answer and the citations", async () => {
  await cards.take(a);
  cards.refusing.value = a;
  await cards.refuse("内容已过期");
  expect([draft.form.answer, cards.taken.size, decided]).toEqual(["", 0, ["a taken", "a refused 内容已过期"]]);
});

test("nothing moves while Alt is down", async () => {
  cards.frozen.value = true;
  incoming.value = [c, a];
  await nextTick();
  expect(shown()).toBe("abc");
  cards.frozen.value = false;
  await nextTick();
  expect(shown()).toBe("ca");
});

test("a search stands in front of the suggestions until it is closed", async () => {
  vi.spyOn(api, "search").mockResolvedValue([c]);
  cards.query.value = "路灯";
  await cards.search();
  expect(shown()).toBe("c");
  cards.closeSearch();
  expect([shown(), cards.query.value]).toEqual(["abc", ""]);
});

test("whoever wants few prompts sees the main card alone", () => {
  prefs.quiet = true;
  expect(shown()).toBe("a");
});

test("what was taken and refused is there again after a reload, the latest decision counts", async () => {
  vi.spyOn(api, "article").mockResolvedValue({ title: "标题", body: "正文" } as Awaited<ReturnType<typeof api.article>>);
  const was = (article: string, decision: string) => ({ article, version: 1, decision, reason: "" });
  vi.spyOn(api, "decisions").mockResolvedValue([was("a", "taken"), was("b", "refused"), was("c", "taken"), was("c", "withdrawn")]);
  await cards.recall();
  await nextTick();
  expect([shown(), [...cards.taken.keys()]]).toEqual(["ac", ["a"]]);
});

test("a search shows the sure ones before those that are less likely, and gives the cards back", async () => {
  const found = [{ ...c, sure: true }, { ...a, sure: false }, { ...b, sure: false }];
  vi.spyOn(api, "search").mockResolvedValue(found);
  cards.query.value = " 停水 ";
  await cards.search();
  expect([shown(), parting(cards.visible.value)]).toEqual(["cab", 1]);
  expect([parting(found.slice(0, 1)), parting(found.slice(1)), parting([])]).toEqual([-1, 0, -1]);
  cards.closeSearch();
  expect([shown(), parting(cards.visible.value)]).toEqual(["abc", -1]);
});
