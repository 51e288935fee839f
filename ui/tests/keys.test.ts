import { expect, test } from "vitest";
import { reason } from "../src/cards";
import { action, KEYS } from "../src/keys";

const press = (code: string, held: string[] = [], over = {}) => ({
  code,
  altKey: held.includes("alt"),
  shiftKey: held.includes("shift"),
  ctrlKey: held.includes("ctrl"),
  metaKey: false,
  isComposing: false,
  ...over,
});

test.each([
  ["Digit1", ["alt"], "take-1"],
  ["Digit3", ["alt", "shift"], "refuse-3"],
  ["Slash", ["alt"], "search"],
  ["KeyB", ["alt"], "department"],
  ["KeyP", ["alt"], "phrases"],
  ["F2", [], "mute"],
  ["F3", [], "hold"],
  ["F4", [], "transfer"],
  ["F8", [], "hangup"],
  ["KeyS", ["ctrl"], "save"],
  ["Enter", ["ctrl"], "dispatch"],
  ["NumpadEnter", ["ctrl"], "dispatch"],
  ["Escape", [], "form"],
])("%s with %j does %s", (code, held, does) => {
  expect(action(press(code, held))).toBe(does);
});

test.each(["F1", "F5", "F11", "F12"])("%s is left to the browser", (code) => {
  expect(action(press(code))).toBe("");
});

test.each([["KeyW"], ["KeyT"], ["KeyN"]])("Ctrl+%s is left to the browser", (code) => {
  expect(action(press(code, ["ctrl"]))).toBe("");
});

test("keys rest while an input method composes", () => {
  expect(action(press("Digit1", ["alt"], { isComposing: true }))).toBe("");
});

test("a question mark is text where one types, help elsewhere", () => {
  expect([action(press("Slash", ["shift"]), true), action(press("Slash", ["shift"]))]).toEqual(["", "help"]);
});

test("no two shortcuts share a key", () => {
  const places = KEYS.map((key) => [key.code, !!key.alt, !!key.shift, !!key.ctrl].join());
  expect(new Set(places).size).toBe(KEYS.length);
});

test("seven keys give seven reasons", () => {
  const given = [1, 2, 3, 4, 5, 6, 7].map((n) => reason(`Digit${n}`));
  expect(new Set(given).size).toBe(7);
  expect([reason("Digit8"), reason("Digit0"), reason("KeyA"), reason("Numpad1")]).toEqual(["", "", "", given[0]]);
});
