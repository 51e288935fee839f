import { expect, test } from "vitest";
import type { Ticket } from "../src/api";
import { duplicates } from "../src/history";
import { parse } from "../src/route";
import { ago, clock, due, masked, moment, remaining } from "../src/say";

const NOW = Date.parse("2026-01-20T00:00:00Z");

test("times and numbers as people read them", () => {
  expect([clock(47), clock(3725), masked("13852706021"), masked("0514-1")]).toEqual(["00:47", "62:05", "138****6021", "0514-1"]);
  expect(ago("2026-01-16T00:00:00Z", NOW)).toBe("4 天前");
});

test("a time without a zone is UTC", () => {
  expect(moment("2026-01-05T01:00:00").getTime()).toBe(moment("2026-01-05T09:00:00+08:00").getTime());
});

test("a due date is over, near or far", () => {
  expect([due(null, NOW), due("2026-01-19T00:00:00Z", NOW), due("2026-01-20T08:00:00Z", NOW), due("2026-01-25T00:00:00Z", NOW)]).toEqual(
    ["", "over", "near", "far"],
  );
});

test("an open ticket of the last 30 days on the same matter is probably the same request", () => {
  const one = (id: number, over: Partial<Ticket>) =>
    ({ id, matter2: "突然停水", state: "dispatched", created_at: "2026-01-10T00:00:00Z", ...over }) as Ticket;
  const history = [one(1, {}), one(2, { matter2: "噪声" }), one(3, { state: "closed" }), one(4, { created_at: "2025-11-01T00:00:00Z" })];
  expect([...duplicates(history, "突然停水", NOW)]).toEqual([1]);
  expect(duplicates([one(5, { matter2: "" })], "", NOW).size).toBe(0);
});

test("the time that is left, and what is over, in plain words", () => {
  const words = (iso: string) => remaining(iso, NOW);
  expect([words("2026-01-20T00:25:00Z"), words("2026-01-20T03:59:00Z"), words("2026-01-23T01:00:00Z")]).toEqual(
    ["还剩 25 分钟", "还剩 3 小时", "还剩 3 天"],
  );
  expect([words("2026-01-19T23:59:40Z"), words("2026-01-18T20:00:00Z"), words("2026-01-17T20:00:00Z")]).toEqual(
    ["超期 1 分钟", "超期 28 小时", "超期 2 天"],
  );
});

test("an address names a page and what its list is narrowed to; what names none is the desk", () => {
  expect([parse("#/tickets/7"), parse("#/tickets?queue=late&q=%E5%81%9C"), parse(""), parse("#/nonsense")]).toEqual([
    { page: "tickets", id: "7", more: "", query: "" },
    { page: "tickets", id: "", more: "", query: "queue=late&q=%E5%81%9C" },
    { page: "desk", id: "", more: "", query: "" },
    { page: "desk", id: "", more: "", query: "" },
  ]);
});
