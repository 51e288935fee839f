import { beforeEach, expect, test } from "vitest";
import { go, listed, narrow, route } from "../src/route";

function arrive(hash: string) {
  location.hash = hash;
  window.dispatchEvent(new Event("hashchange"));
}

beforeEach(() => arrive("#/tickets?queue=review"));

test("a list that is left keeps what it was narrowed to: it has no queue to choose anew", () => {
  arrive("#/tickets/7");
  expect([route.value.id, listed.value]).toEqual(["7", "queue=review"]);
  narrow("queue=all");
  expect([location.hash, listed.value]).toEqual(["#/tickets/7", "queue=review"]);
});

test("the list comes back as it was left", () => {
  arrive("#/tickets/7");
  go("tickets");
  expect(location.hash).toBe("#/tickets?queue=review");
});

test("narrowing stays in place; an address without anything is a list not chosen yet", () => {
  narrow("queue=all&q=路灯");
  expect([route.value.page, new URLSearchParams(listed.value).get("q")]).toEqual(["tickets", "路灯"]);
  arrive("#/tickets");
  expect(listed.value).toBe("");
});
