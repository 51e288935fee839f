/** Events for the tests. */
import type { Card, Heard, WireEvent } from "../src/events";

export const heard = (over: Partial<Heard>): Heard => ({
  type: "heard",
  call: "x",
  seq: 0,
  utterance: "c1",
  leg: "citizen",
  start: 0,
  end: 1,
  text: "停水",
  raw: "停水",
  final: false,
  marks: [],
  ...over,
});

export const ringing = (call: string, seq = 1): WireEvent => ({ type: "ringing", call, seq, number: "13800000000", title: "停水" });

export const answered = (call: string, seq = 2): WireEvent => ({
  type: "answered",
  call,
  seq,
  at: "2026-01-05T01:00:00Z",
  number: "13800000000",
});

export const card = (article: string): Card => ({
  article,
  version: 1,
  title: article,
  text: `${article}的答复`,
  score: 0.9,
  clause: "",
  issuer: "",
  region: "",
  valid_to: "",
  source: "",
  why: {},
});
