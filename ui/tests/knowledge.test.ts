import { expect, test } from "vitest";
import { badges } from "../src/pages/knowledge/articles/states";
import { asks, awkward, buttons, hindered, onward, rewritable } from "../src/pages/knowledge/articles/steps";
import { usual } from "../src/pages/knowledge/articles/useArticle";
import { likeness, pieces } from "../src/pages/knowledge/compare/diff";
import { folded, place, sides } from "../src/pages/knowledge/compare/sides";
import { blank, doubts, missing, tidy } from "../src/pages/knowledge/editor/fields";
import { outcome } from "../src/pages/knowledge/imports/told";
import { does as reviewKey } from "../src/pages/knowledge/review/reviewKeys";
import { read, write } from "../src/pages/knowledge/search/asked";
import { does as searchKey } from "../src/pages/knowledge/search/searchKeys";
import { bars, highest } from "../src/why";
import type { Action, ActionName, Import, SliceChange, VersionRow } from "../src/pages/knowledge/shapes";
import { open } from "../src/pages/knowledge/tabs";
import { parse } from "../src/route";
import { pieces as marked, within } from "../src/spans";

const action = (name: ActionName, reason = false): Action => ({ name, label: name, reason });
const row = (more: Partial<VersionRow>) => ({ state: "draft", author: "xuting", first_reviewer: "", actions: [], live: false, version: 1, ...more }) as VersionRow;

test("spans count characters as the server does, may overlap, and reach no further than the text", () => {
  expect(marked("𠮷野家在扬州", [{ start: 4, end: 99 }, { start: 0, end: 1 }])).toEqual([
    { text: "𠮷", on: true },
    { text: "野家在", on: false },
    { text: "扬州", on: true },
  ]);
  expect(marked("abcd", [{ start: 0, end: 3 }, { start: 1, end: 2 }])).toEqual([{ text: "abc", on: true }, { text: "d", on: false }]);
});

test("what speaks for a stretch is found again in the slice that holds it", () => {
  expect(within("前言。甲乙丙。", "甲乙丙。", [{ start: 1, end: 2 }])).toEqual([{ start: 4, end: 5 }]);
  expect(within("已改过的文字", "甲乙丙。", [{ start: 1, end: 2 }])).toEqual([]);
});

test("two texts side by side: each side of the pieces gives its text back", () => {
  const [before, after] = ["街道十五个工作日内答复，不收费。", "街道自受理之日起十个工作日内书面答复。"];
  const found = pieces(before, after);
  const side = (without: string) => found.filter((one) => one.kind !== without).map((one) => one.text).join("");
  expect([side("added"), side("removed")]).toEqual([before, after]);
  expect(found.some((one) => one.kind === "same" && one.text.includes("工作日内"))).toBe(true);
  expect(likeness(pieces("甲乙", "甲乙"))).toBe(1);
});

test("texts that have nothing in common stand whole, old then new", () => {
  const [before, after] = ["一".repeat(1500), "二".repeat(1500)];
  expect(pieces(before, after)).toEqual([{ kind: "removed", text: before }, { kind: "added", text: after }]);
});

const change = (kind: SliceChange["kind"], moved = false): SliceChange => ({ kind, moved, clause_before: "第二条", clause_after: "第三条", before: 1, after: 2, spans: [{ kind: "kept", text: "甲" }, { kind: "removed", text: "乙" }, { kind: "added", text: "丙" }] });

test("a comparison shows each side with its own text and folds what stayed", () => {
  expect(sides(change("changed")).map((one) => one.pieces.map((piece) => piece.text).join(""))).toEqual(["甲乙", "甲丙"]);
  expect(place(change("changed"))).toBe("第 2 片 → 第 3 片　第二条 → 第三条");
  const all = [change("same"), change("same"), change("changed"), change("same"), change("same", true)];
  expect(folded(all, false).map((one) => (typeof one === "number" ? one : one.kind))).toEqual([2, "changed", 1, "same"]);
  expect(folded(all, true)).toHaveLength(5);
});

const press = (code: string, more: object = {}) => ({ code, altKey: false, shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false, repeat: false, target: document.body, ...more });

test("in the search box arrows walk through the hits; a slash and Enter are text and search there", () => {
  const box = document.createElement("input");
  expect(searchKey(press("ArrowDown", { target: box }), box)).toBe("down");
  expect(searchKey(press("Slash", { target: box }), box)).toBe("");
  expect(searchKey(press("Enter", { target: box }), box)).toBe("");
  expect(searchKey(press("Slash"), box)).toBe("focus");
  expect(searchKey(press("Enter"), box)).toBe("open");
  expect(searchKey(press("ArrowDown", { target: document.createElement("input") }), box)).toBe("");
  expect(searchKey(press("ArrowDown", { target: box, isComposing: true }), box)).toBe("");
});

test("a review is decided by one key, never by one that is held, never while a reason is typed", () => {
  expect([reviewKey(press("KeyA"), false), reviewKey(press("KeyR"), false), reviewKey(press("KeyJ"), false)]).toEqual(["forward", "back", "next"]);
  expect(reviewKey(press("KeyA", { repeat: true }), false)).toBe("");
  expect(reviewKey(press("KeyJ", { repeat: true }), false)).toBe("next");
  expect(reviewKey(press("KeyA"), true)).toBe("");
  expect(reviewKey(press("KeyA", { ctrlKey: true }), false)).toBe("");
});

test("the steps stand in order, what cannot be undone asks first", () => {
  const all = buttons([action("withdraw", true), action("edit"), action("drop"), action("submit")]);
  expect(all.map((one) => one.name)).toEqual(["submit", "withdraw", "drop"]);
  expect([asks(action("submit")), asks(action("drop")), asks(action("send_back", true))]).toEqual([false, true, true]);
  expect([awkward("publish"), awkward("withdraw")]).toEqual([false, true]);
  expect(onward(all)?.name).toBe("submit");
  expect([onward(buttons([action("revert", true)])), onward([])]).toEqual([null, null]);
});

test("who wrote or first reviewed a version is told that another person has to go on", () => {
  const waiting = row({ state: "first_review" });
  expect(hindered(waiting, "xuting", ["author", "first_review"])).toContain("您写的这一版要由另一人初审");
  expect(hindered(row({ state: "review", first_reviewer: "panyue" }), "panyue", ["review"])).toContain("您初审过的");
  expect(hindered(row({ state: "review", actions: [action("approve")] }), "gaofeng", ["review"])).toBe("");
  expect(hindered(waiting, "wangli", ["calls"])).toBe("");
});

test("one version is written at a time", () => {
  const live = row({ state: "live" });
  expect([rewritable(live, [live]), rewritable(live, [row({ state: "draft" }), live]), rewritable(row({}), [row({})])]).toEqual([true, false, false]);
});

test("an article opens at the version under way, else at the live one", () => {
  const [draft, live, old] = [row({ version: 3 }), row({ version: 2, state: "live", live: true }), row({ version: 1, state: "replaced" })];
  expect([usual([draft, live, old]), usual([row({ version: 3, state: "dropped" }), live, old]), usual([])]).toEqual([3, 2, 0]);
});

test("dates of a live version ask for what is due", () => {
  const dates = (review_due: string, valid_to = "", valid_from = "") => badges({ live: true, review_due, valid_to, valid_from }, "2026-11-27").map((one) => one.text);
  expect(dates("2026-11-20")).toEqual(["复核超期 7 天"]);
  expect(dates("2026-11-27")).toEqual(["今天复核到期"]);
  expect(dates("2027-05-01", "2026-12-01")).toEqual(["有效期到 2026-12-01"]);
  expect(dates("2027-05-01", "", "2027-01-01")).toEqual(["2027-01-01 生效"]);
  expect(badges({ live: false, review_due: "2026-01-01", valid_to: "", valid_from: "" }, "2026-11-27")).toEqual([]);
});

test("an article can be kept once it has a title and a text; empty lines are not sent", () => {
  const body = { ...blank(), title: " 标题 ", questions: ["问", "", "问 "], slices: [{ text: " ", clause: "" }] };
  expect(missing(body)).toBe("先写正文");
  const full = { ...body, slices: [...body.slices, { text: "正文 ", clause: "" }] };
  expect(missing(full)).toBe("");
  expect(tidy(full)).toMatchObject({ title: "标题", questions: ["问"], slices: [{ text: "正文", clause: "" }] });
  expect(doubts({ ...full, valid_from: "2026-02-01", valid_to: "2026-01-01" }, "2026-11-27").join()).toMatch(/生效日期晚于失效日期.*已过/);
});

test("why it was found: bars against the best of all hits, none below the average", () => {
  const hits = [{ why: { characters: 4, vectors: 2 } }, { why: { characters: -1, vectors: 1 } }];
  expect(highest(hits)).toBe(4);
  expect(bars(hits[0].why, 4).map((one) => [one.label, one.width])).toEqual([["字面", 100], ["语义", 50]]);
  expect(bars(hits[1].why, 4)[0].width).toBe(0);
});

test("a search stands in the address and comes back out of it", () => {
  const asked = { q: "租房 补贴", region: "邗江区", line: "12329", tag: ["公租房", "补贴"] };
  expect(read(write(asked))).toEqual(asked);
  expect(write({ q: "", region: "", line: "", tag: [] })).toBe("");
});

test("how an import went is said in one line", () => {
  const counts = { items: 3, slices: 5, taken: 0, refused: 1, duplicate: 1, contradiction: 0, noted: 0 };
  expect(outcome({ state: "read", counts, refused: [] })).toBe("3 篇 5 片，重复 1 篇，1 处没有读入");
  expect(outcome({ state: "refused", counts, refused: [{ where: "文件", why: "文件加了密" }] } as Pick<Import, "state" | "counts" | "refused">)).toBe("文件加了密");
});

test("an agent has the search alone; who keeps the base has the other tabs as well", () => {
  const names = (...may: string[]) => open({ may }).map((one) => one.name);
  expect(names("calls")[0]).toBe("search");
  expect(names("calls")).not.toContain("articles");
  expect(names("author")).toEqual(expect.arrayContaining(["articles", "review", "imports"]));
  expect(names("configure")).toContain("upkeep");
});

test("an address names the tab, the article and the version", () => {
  expect(parse("#/knowledge/articles/ZS-0001?version=2")).toEqual({ page: "knowledge", id: "articles", more: "ZS-0001", query: "version=2" });
  expect(parse("#/tickets/7")).toMatchObject({ page: "tickets", id: "7", more: "" });
});
