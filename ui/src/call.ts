/** One call as the desk sees it: a pure reducer over wire events. */
import type { Alerted, Card, Department, Filled, Heard, Health, WireEvent } from "./events";

export interface CallState {
  call: string; seq: number; phase: "idle" | "ringing" | "live" | "ended"; number: string; title: string; answeredAt: string;
  heard: Heard[]; cards: Card[]; nature: string; matter: string[]; departments: Department[]; question: string;
  fields: Record<string, Filled>; alerts: Alerted[]; summary: string; health: Health | null;
}

export const empty = (call = ""): CallState => ({
  call, seq: 0, phase: "idle", number: "", title: "", answeredAt: "", heard: [], cards: [], nature: "", matter: [],
  departments: [], question: "", fields: {}, alerts: [], summary: "", health: null,
});

/** The state after an event. A kept event (seq > 0) that was seen before changes nothing. */
export function reduce(before: CallState, event: WireEvent): CallState {
  const state = event.call === before.call ? before : event.type === "ringing" ? empty(event.call) : before;
  if (event.call !== state.call || (event.seq > 0 && event.seq <= state.seq)) return state;
  const next = { ...state, seq: Math.max(state.seq, event.seq) };
  switch (event.type) {
    case "ringing": return { ...next, phase: "ringing", number: event.number, title: event.title };
    case "answered": return { ...next, phase: "live", number: event.number, answeredAt: event.at };
    case "ended": return { ...next, phase: "ended", heard: next.heard.filter((h) => h.final) };
    case "heard": {
      const old = next.heard.find((h) => h.utterance === event.utterance);
      if (old?.final && !event.final) return next;
      const heard = next.heard.filter((h) => h !== old);
      if (event.text) heard.push(event);
      return { ...next, heard: heard.sort((a, b) => a.start - b.start) };
    }
    case "suggested": return { ...next, cards: event.cards };
    case "routed": return { ...next, nature: event.nature, matter: event.matter, departments: event.departments, question: event.question };
    case "drafted": return { ...next, fields: Object.fromEntries(event.fields.map((f) => [f.name, f])) };
    case "alerted": return { ...next, alerts: [...next.alerts, event] };
    case "summarised": return { ...next, summary: event.text };
    case "health": return { ...next, health: event };
    case "switched": case "transferred": return next;
  }
}

/** Form values after the copilot filled: what a person touched stays. */
export function merge(form: Record<string, string>, fields: Record<string, Filled>, touched: ReadonlySet<string>): Record<string, string> {
  const out = { ...form };
  for (const [name, filled] of Object.entries(fields)) if (!touched.has(name)) out[name] = filled.value;
  return out;
}

/** A text cut at its marks, for display. */
export function pieces(heard: Heard): { text: string; kind: "" | "repaired" | "doubtful"; before: string }[] {
  const out = []; let at = 0;
  for (const mark of heard.marks) {
    if (mark.start > at) out.push({ text: heard.text.slice(at, mark.start), kind: "" as const, before: "" });
    out.push({ text: heard.text.slice(mark.start, mark.end), kind: mark.kind, before: mark.before });
    at = mark.end;
  }
  if (at < heard.text.length) out.push({ text: heard.text.slice(at), kind: "" as const, before: "" });
  return out;
}
