/** The server's REST interface. A refusal is thrown as an Error whose message may be shown. */
import type { Card } from "./events";

export interface Who { username: string; name: string; role: string }
export interface Evidence { utterance: string; quote: string; doubtful: boolean }
export interface Ticket {
  id: number; number: string; call_id: string | null; state: string; state_label: string; version: number;
  calling_number: string; citizen_name: string; callback_number: string; nature: string; matter1: string; matter2: string;
  title: string; content: string; happened_at: string; address: string; district: string; party_concerned: string; request: string;
  urgency: string; department: string; basis: string; due_at: string | null; answer: string; summary: string;
  cited: { article: string; version: number }[]; created_at: string; evidence: Record<string, Evidence>; touched: string[];
}
export interface Entry { seq: number; at: string; actor: string; label: string; reason: string }
export interface Detail { ticket: Ticket; journal: Entry[]; actions: { action: string; label: string }[] }
export interface Sample { id: string; title: string; number: string }

async function ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(`/api/${path}`, {
    method,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const parsed = text ? JSON.parse(text) : undefined;
  if (!answer.ok) throw Object.assign(new Error(parsed?.detail ?? "服务没有响应，请稍后重试"), { status: answer.status });
  return parsed as T;
}

export const api = {
  me: () => ask<Who>("GET", "session"),
  signIn: (username: string, password: string) => ask<Who>("POST", "session", { username, password }),
  signOut: () => ask<void>("DELETE", "session"),
  samples: () => ask<Sample[]>("GET", "calls/samples"),
  simulate: (sample: string) => ask<{ call: string }>("POST", "calls/simulate", { sample }),
  current: () => ask<{ call: string | null }>("GET", "calls/current"),
  callTicket: (call: string) => ask<Ticket>("GET", `calls/${call}/ticket`),
  answerCall: (call: string) => ask<void>("POST", `calls/${call}/answer`),
  hangUp: (call: string) => ask<void>("POST", `calls/${call}/hangup`),
  toggle: (call: string, what: "hold" | "mute", on: boolean) => ask<void>("POST", `calls/${call}/${what}`, { on }),
  decide: (call: string, card: Card, decision: "taken" | "refused", reason = "") =>
    ask<void>("POST", `calls/${call}/cards/${card.article}`, { decision, version: card.version, reason }),
  search: (q: string) => ask<Card[]>("GET", `knowledge/search?q=${encodeURIComponent(q)}`),
  departments: () => ask<{ name: string; level: string }[]>("GET", "departments"),
  tickets: (q = "", cursor = "") => ask<{ items: Ticket[]; next: string | null }>("GET", `tickets?q=${encodeURIComponent(q)}&cursor=${cursor}`),
  ticket: (id: number) => ask<Detail>("GET", `tickets/${id}`),
  history: (number: string) => ask<Ticket[]>("GET", `tickets/history?number=${encodeURIComponent(number)}`),
  edit: (t: Ticket, changes: Record<string, string>) => ask<Ticket>("PATCH", `tickets/${t.id}`, { version: t.version, changes }),
  dispatch: (t: Ticket, department: string, basis: string) =>
    ask<Ticket>("POST", `tickets/${t.id}/dispatch`, { version: t.version, department, basis }, { "Idempotency-Key": `dispatch-${t.id}-${t.version}` }),
  reply: (t: Ticket, answer: string, cited: { article: string; version: number }[]) =>
    ask<Ticket>("POST", `tickets/${t.id}/answer`, { version: t.version, answer, cited }),
};
