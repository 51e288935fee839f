import { expect, test } from "vitest";
import { arrange, without } from "../src/cards";
import { card } from "./heard";

const [a, b, c, d] = ["a", "b", "c", "d"].map(card);
const names = (cards: { article: string }[]) => cards.map((one) => one.article).join("");

test("at most three cards, in the order found", () => {
  expect(names(arrange([], [a, b, c, d], new Set()))).toBe("abc");
});

test("a card being read keeps its place and its text, whatever comes in", () => {
  expect(names(arrange([a, b, c], [d, a, c], new Set(["b"])))).toBe("dba");
  expect(arrange([a, b], [{ ...a, text: "另一段" }], new Set(["a"]))[0].text).toBe(a.text);
});

test("with all of them held nothing moves at all", () => {
  expect(names(arrange([a, b, c], [d], new Set(["a", "b", "c"])))).toBe("abc");
});

test("once it is let go the newest ranking stands", () => {
  expect(names(arrange([d, b, a], [d, a, c], new Set()))).toBe("dac");
});

test("taking a card back takes its text out of the answer and leaves the agent's words", () => {
  expect(without("您好。\n依据条例办理。\n再见。", "依据条例办理。")).toBe("您好。\n再见。");
  expect(without("我改过的话", "依据条例办理。")).toBe("我改过的话");
});

test("weak cards are kept back", () => {
  expect(names(arrange([], [a, b, { ...c, score: 0.02 }], new Set()))).toBe("ab");
});
