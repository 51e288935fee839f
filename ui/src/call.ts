/** One call as the desk sees it: a pure reducer over wire events. */
import type { Alerted, Card, Department, Filled, Heard, Health, Ringing, WireEvent } from "./events";

export type Phase = "idle" | "live" | "ended";

export interface CallState {
  call: string;
  seq: number;
  phase: Phase;
  /** A call that rings while the desk is idle or the last ticket is still being written. */
  waiting: Ringing | null;
  number: string;
  title: string;
  answeredAt: string;
  /** Length of the talk in seconds, once it is over. */
  seconds: number;
  heard: Heard[];
  cards: Card[];
  departments: Department[];
  question: string;
  fields: Record<string, Filled>;
  alerts: Alerted[];
  summary: string;
  muted: boolean;
  held: boolean;
  transferred: string;
  health: Health | null;
}

export const empty = (call = ""): CallState => ({
  call,
  seq: 0,
  phase: "idle",
  waiting: null,
  number: "",
  title: "",
  answeredAt: "",
  seconds: 0,
  heard: [],
  cards: [],
  departments: [],
  question: "",
  fields: {},
  alerts: [],
  summary: "",
  muted: false,
  held: false,
  transferred: "",
  health: null,
});

/** The state after an event. A kept event (seq > 0) that was seen before changes nothing. */
export function reduce(state: CallState, event: WireEvent): CallState {
  if (event.call !== state.call) return elsewhere(state, event);
  if (event.seq > 0 && event.seq <= state.seq) return state;
  return apply({ ...state, seq: Math.max(state.seq, event.seq) }, event);
}

/** An event of another call than the one on the desk: it may ring, be taken, or give up. */
function elsewhere(state: CallState, event: WireEvent): CallState {
  if (event.type === "ringing") return { ...state, waiting: event };
  if (state.waiting?.call !== event.call) return state;
  if (event.type === "ended") return { ...state, waiting: null };
  if (event.type !== "answered") return state;
  return apply({ ...empty(event.call), title: state.waiting.title, seq: event.seq }, event);
}

function apply(state: CallState, event: WireEvent): CallState {
  switch (event.type) {
    case "ringing":
      return { ...state, waiting: event, title: event.title };
    case "answered":
      return { ...state, phase: "live", waiting: null, number: event.number, answeredAt: event.at };
    case "ended":
      return ended(state, event.seconds);
    case "heard":
      return { ...state, heard: spoken(state.heard, event) };
    case "suggested":
      return { ...state, cards: event.cards };
    case "routed":
      return { ...state, departments: event.departments, question: event.question };
    case "drafted":
      return { ...state, fields: Object.fromEntries(event.fields.map((field) => [field.name, field])) };
    case "alerted": // told twice when the database was away for a while
      return { ...state, alerts: [...state.alerts.filter((one) => one.kind !== event.kind), event] };
    case "summarised":
      return { ...state, summary: event.text };
    case "switched":
      return { ...state, muted: event.muted, held: event.held };
    case "transferred":
      return { ...state, transferred: event.to };
    case "health":
      return { ...state, health: event };
  }
}

/** A call that nobody took leaves no ticket behind; one that broke off lasted at least until its last word. */
function ended(state: CallState, seconds: number): CallState {
  if (state.phase === "idle") return empty();
  const heard = state.heard.filter((one) => one.final);
  const length = Math.max(seconds, ...heard.map((one) => one.end));
  return { ...state, phase: "ended", seconds: length, held: false, muted: false, heard };
}

/** The conversation with one more utterance; a final stays, whatever draft comes late. */
function spoken(before: Heard[], event: Heard): Heard[] {
  const old = before.find((one) => one.utterance === event.utterance);
  if (old?.final && !event.final) return before;
  const rest = before.filter((one) => one !== old);
  return (event.text ? [...rest, event] : rest).sort((a, b) => a.start - b.start);
}
