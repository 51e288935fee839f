import { expect, test } from "vitest";
import { type CallState, empty, reduce } from "../src/call";
import type { WireEvent } from "../src/events";
import { answered, card, heard, ringing } from "./heard";

const play = (state: CallState, ...events: WireEvent[]) => events.reduce(reduce, state);
const ended = (call: string, seq: number): WireEvent => ({ type: "ended", call, seq, seconds: 61 });

test("a call rings, is taken and ends", () => {
  const rung = play(empty(), ringing("x"));
  expect([rung.phase, rung.waiting?.call]).toEqual(["idle", "x"]);
  const live = play(rung, answered("x"));
  expect([live.phase, live.call, live.waiting, live.title]).toEqual(["live", "x", null, "停水"]);
  const over = play(live, ended("x", 3));
  expect([over.phase, over.seconds]).toEqual(["ended", 61]);
});

test("a call that rings while the last ticket is written leaves that ticket on the desk until it is taken", () => {
  const writing = play(empty(), ringing("x"), answered("x"), heard({ seq: 3, final: true }), ended("x", 4));
  const rung = play(writing, ringing("y"));
  expect([rung.call, rung.heard.length, rung.waiting?.call]).toEqual(["x", 1, "y"]);
  expect(play(rung, ended("y", 2)).waiting).toBeNull();
  const taken = play(rung, answered("y"));
  expect([taken.call, taken.heard.length, taken.seq]).toEqual(["y", 0, 2]);
});

test("a call that nobody took leaves the desk idle", () => {
  expect(play(empty("x"), ringing("x"), ended("x", 2))).toEqual(empty());
});

test("a final replaces its drafts, and no late draft replaces the final", () => {
  const state = play(
    empty("x"),
    heard({ text: "停" }),
    heard({ text: "停水了", final: true, seq: 3 }),
    heard({ text: "停水" }),
  );
  expect(state.heard.map((one) => one.text)).toEqual(["停水了"]);
});

test("utterances stand in the order in which they were said; one that turned out empty is gone", () => {
  const state = play(
    empty("x"),
    heard({ utterance: "c2", start: 5, text: "后" }),
    heard({ utterance: "c1", start: 1, text: "先" }),
    heard({ utterance: "c3", start: 7, text: "噪" }),
    heard({ utterance: "c3", start: 7, text: "", final: true, seq: 3 }),
  );
  expect(state.heard.map((one) => one.text)).toEqual(["先", "后"]);
});

test("what did not change keeps its identity, so that only the spoken line is drawn again", () => {
  const before = play(empty("x"), heard({ seq: 1, final: true }), heard({ utterance: "c2", start: 2, text: "我" }));
  const after = play(before, heard({ utterance: "c2", start: 2, text: "我家" }));
  expect(after.heard[0]).toBe(before.heard[0]);
  expect(after.heard[1].text).toBe("我家");
});

test("an event that comes twice after a reconnect counts once", () => {
  const alert: WireEvent = { type: "alerted", call: "x", seq: 5, kind: "火灾", number: "119", advice: "", utterance: "c1", quote: "着火" };
  expect(play(empty("x"), alert, alert).alerts).toHaveLength(1);
});

test("a call that broke off lasted until its last word", () => {
  const lost: WireEvent = { type: "ended", call: "x", seq: 4, seconds: 0 };
  expect(play(empty("x"), answered("x"), heard({ seq: 3, end: 9.5, final: true }), lost).seconds).toBe(9.5);
});

test("events of a call that is not on the desk change nothing", () => {
  const state = play(empty("x"), answered("x"));
  expect(play(state, { type: "suggested", call: "y", seq: 9, cards: [card("a")] })).toBe(state);
});

test("mute and hold follow the server", () => {
  const state = play(empty("x"), answered("x"), { type: "switched", call: "x", seq: 3, muted: true, held: false });
  expect([state.muted, state.held]).toEqual([true, false]);
});

test("in a long call what was said before stays the same object, so that only the last line is drawn anew", () => {
  const say = (state: CallState, at: number, final: boolean) =>
    reduce(state, heard({ utterance: `c${at}`, start: at, end: at + 1, final, seq: final ? at + 3 : 0 }));
  let state = reduce(empty("x"), answered("x"));
  for (let at = 0; at < 200; at += 1) state = say(say(state, at, false), at, true);
  const before = state.heard;
  state = say(state, 200, false);
  expect([state.heard.length, before.every((one, at) => state.heard[at] === one)]).toEqual([201, true]);
});
