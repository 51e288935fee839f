import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type CallState, empty, reduce } from "../src/call";
import type { WireEvent } from "../src/events";
import { DeskSocket, type Line } from "../src/socket";
import { answered, heard } from "./heard";

/** The far end of a socket: the test speaks as the server. */
class Wire {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((reason: { code: number }) => void) | null = null;
  constructor(readonly path: string) {}
  close() {}
  say(...events: WireEvent[]) {
    for (const event of events) this.onmessage?.({ data: JSON.stringify(event) });
  }
}

let wires: Wire[];
let state: CallState;
let line: Line;
let socket: DeskSocket;
const last = () => wires.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  wires = [];
  state = empty("x");
  socket = new DeskSocket({
    resume: () => ({ call: state.call, after: state.seq }),
    event: (event) => (state = reduce(state, event)),
    state: (now) => (line = now),
    open: (path) => {
      wires.push(new Wire(path));
      return last() as unknown as WebSocket;
    },
  });
  socket.connect();
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

test("after a break it goes on behind the last event that was seen", () => {
  last().onopen?.();
  last().say(answered("x", 1), heard({ seq: 2, final: true }));
  last().onclose?.({ code: 1006 });
  expect(line).toBe("lost");
  vi.advanceTimersByTime(500);
  expect(last().path).toBe("/api/desk?call=x&after=2");
  last().say(heard({ seq: 2, final: true }), heard({ utterance: "c2", start: 3, seq: 3, final: true }));
  expect(state.heard.map((one) => one.utterance)).toEqual(["c1", "c2"]);
});

test("it waits longer and longer, at most eight seconds, and starts over once it was open", () => {
  for (const wait of [500, 1000, 2000, 4000, 8000, 8000]) {
    const tried = wires.length;
    last().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(wait - 1);
    expect(wires).toHaveLength(tried);
    vi.advanceTimersByTime(1);
    expect(wires).toHaveLength(tried + 1);
  }
  last().onopen?.();
  last().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(500);
  expect(wires).toHaveLength(8);
});

test("a missing event is asked for before anything behind it is shown", () => {
  last().say(answered("x", 1), heard({ utterance: "c3", start: 9, seq: 3, final: true }));
  expect(state.heard).toEqual([]);
  expect(last().path).toBe("/api/desk?call=x&after=1");
  last().say(heard({ utterance: "c2", seq: 2, final: true }), heard({ utterance: "c3", start: 9, seq: 3, final: true }));
  expect(state.heard.map((one) => one.utterance)).toEqual(["c2", "c3"]);
});

test("an event that the server has not kept either holds nothing up", () => {
  last().say(answered("x", 1), heard({ seq: 3, final: true }));
  last().say(heard({ seq: 3, final: true }));
  expect([state.seq, wires.length]).toEqual([3, 2]);
});

test("a session that has ended is not tried again", () => {
  last().onclose?.({ code: 4401 });
  vi.advanceTimersByTime(60000);
  expect([line, wires.length]).toEqual(["refused", 1]);
});
