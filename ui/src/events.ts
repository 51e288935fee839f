// Generated from copilot/events.py by `python -m copilot.typescript`; edit that file, not this one.

/** Danger to life or property in the caller's own words. */
export interface Alerted {
  type: "alerted";
  call: string;
  seq: number;
  kind: string;
  number: string;
  advice: string;
  utterance: string;
  quote: string;
}

/** The agent took the call; `at` is an ISO time. */
export interface Answered {
  type: "answered";
  call: string;
  seq: number;
  at: string;
  number: string;
}

/** One cited answer. `score` is a calibrated 0–1. */
export interface Card {
  article: string;
  version: number;
  title: string;
  text: string;
  score: number;
  clause: string;
  issuer: string;
  region: string;
  valid_to: string;
  source: string;
  why: Record<string, number>;
}

/** A department to dispatch to, its calibrated score and the catalogue line that says so. */
export interface Department {
  name: string;
  score: number;
  basis: string;
}

/** Every field that the conversation has filled so far. */
export interface Drafted {
  type: "drafted";
  call: string;
  seq: number;
  fields: Array<Filled>;
}

/** The call is over and all finals are out. */
export interface Ended {
  type: "ended";
  call: string;
  seq: number;
  seconds: number;
}

/** A field's value and the words it came from. */
export interface Filled {
  name: string;
  value: string;
  utterance: string;
  quote: string;
  doubtful: boolean;
}

/** What works: "ok", "slow" or "down" for each part, with a sentence for the foot. */
export interface Health {
  type: "health";
  call: string;
  seq: number;
  speech: Level;
  search: Level;
  routing: Level;
  message: string;
}

/** A draft or a final of one leg. The same `utterance` replaces what it said before. */
export interface Heard {
  type: "heard";
  call: string;
  seq: number;
  utterance: string;
  leg: "citizen" | "agent";
  start: number;
  end: number;
  text: string;
  raw: string;
  final: boolean;
  marks: Array<Mark>;
}

export type Level = "ok" | "slow" | "down";

/** A span of a text that was repaired, or that must be read back to the caller. */
export interface Mark {
  start: number;
  end: number;
  kind: "repaired" | "doubtful";
  before: string;
}

/** A call waits for an answer. */
export interface Ringing {
  type: "ringing";
  call: string;
  seq: number;
  number: string;
  title: string;
}

/** Nature, matter and the ranking of departments so far. `question` decides between them when close. */
export interface Routed {
  type: "routed";
  call: string;
  seq: number;
  nature: string;
  matter: Array<string>;
  departments: Array<Department>;
  question: string;
}

/** At most three cards, the main one first; empty when nothing reaches the threshold. */
export interface Suggested {
  type: "suggested";
  call: string;
  seq: number;
  cards: Array<Card>;
}

/** The rolling summary, extracted from what was said. */
export interface Summarised {
  type: "summarised";
  call: string;
  seq: number;
  text: string;
}

/** The agent muted the own microphone or put the call on hold, or took that back; both states as they are now. */
export interface Switched {
  type: "switched";
  call: string;
  seq: number;
  muted: boolean;
  held: boolean;
}

/** The exchange was asked to connect the caller to this number. */
export interface Transferred {
  type: "transferred";
  call: string;
  seq: number;
  to: string;
}

export type WireEvent = Heard | Suggested | Routed | Drafted | Alerted | Summarised | Ringing | Answered | Switched | Transferred | Ended | Health;
