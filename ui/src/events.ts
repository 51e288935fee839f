/** What a desk's socket says: mirrors copilot/events.py. */
export interface Mark { start: number; end: number; kind: "repaired" | "doubtful"; before: string }
interface Base { call: string; seq: number }
export interface Heard extends Base {
  type: "heard"; utterance: string; leg: "citizen" | "agent"; start: number; end: number; text: string; raw: string; final: boolean; marks: Mark[];
}
export interface Card {
  article: string; version: number; title: string; text: string; score: number; clause: string; issuer: string; region: string; valid_to: string; source: string; why: Record<string, number>;
}
export interface Suggested extends Base { type: "suggested"; cards: Card[] }
export interface Department { name: string; score: number; basis: string }
export interface Routed extends Base { type: "routed"; nature: string; matter: string[]; departments: Department[]; question: string }
export interface Filled { name: string; value: string; utterance: string; quote: string; doubtful: boolean }
export interface Drafted extends Base { type: "drafted"; fields: Filled[] }
export interface Alerted extends Base { type: "alerted"; kind: string; number: string; advice: string; utterance: string; quote: string }
export interface Summarised extends Base { type: "summarised"; text: string }
export interface Ringing extends Base { type: "ringing"; number: string; title: string }
export interface Answered extends Base { type: "answered"; at: string; number: string }
export interface Ended extends Base { type: "ended"; seconds: number }
export type Level = "ok" | "slow" | "down";
export interface Health extends Base { type: "health"; speech: Level; search: Level; routing: Level; message: string }
export type WireEvent = Heard | Suggested | Routed | Drafted | Alerted | Summarised | Ringing | Answered | Ended | Health;
