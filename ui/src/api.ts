/** The server's REST interface. A refusal is thrown as a Refusal whose message may be shown. */
import type { Edit } from "./draft";
import type { Card, Heard, Level } from "./events";

export interface Who {
  username: string;
  name: string;
  role: "agent" | "dispatcher" | "admin";
}

export interface Cited {
  article: string;
  version: number;
}

export interface Evidence {
  utterance: string;
  quote: string;
  doubtful: boolean;
}

export interface Ticket {
  id: number;
  number: string;
  call_id: string | null;
  state: string;
  state_label: string;
  version: number;
  calling_number: string;
  citizen_name: string;
  callback_number: string;
  nature: string;
  matter1: string;
  matter2: string;
  title: string;
  content: string;
  happened_at: string;
  address: string;
  district: string;
  party_concerned: string;
  request: string;
  urgency: string;
  department: string;
  first_department: string;
  basis: string;
  due_at: string | null;
  answer: string;
  summary: string;
  agent: string;
  cited: Cited[];
  created_at: string;
  updated_at: string;
  evidence: Record<string, Evidence>;
  touched: string[];
}

export interface Entry {
  seq: number;
  at: string;
  actor: string;
  role: string;
  action: string;
  label: string;
  from_state: string;
  to_state: string;
  reason: string;
}

export interface Detail {
  ticket: Ticket;
  journal: Entry[];
  actions: { action: string; label: string; needs_reason: boolean }[];
}

export interface Article {
  id: string;
  version: number;
  title: string;
  body: string;
  clause: string;
  issuer: string;
  region: string;
  valid_from: string;
  valid_to: string;
  source: string;
  tags: string[];
}

/** How a ticket is dispatched: to whom, why, and with what was answered already. */
export interface Sent {
  department: string;
  basis: string;
  answer: string;
  cited: Cited[];
}

export interface Sample {
  id: string;
  title: string;
  number: string;
}

export interface Decision {
  article: string;
  version: number;
  decision: string;
  reason: string;
}

export interface Condition {
  speech: Level;
  search: Level;
  routing: Level;
  message: string;
}

/** status: of HTTP; 0 when the server was not reached. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Told when the session has ended, so that the page can ask to sign in again. */
export const signedOut = new EventTarget();

/** The address of one of our own sockets. */
export const socketUrl = (path: string): string => location.origin.replace(/^http/, "ws") + path;

async function ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(`/api/${path}`, {
    method,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Refusal("网络不通，内容已保留在本机，恢复后自动重试", 0);
  });
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : undefined) as T;
  if (answer.status === 401 && path !== "session") signedOut.dispatchEvent(new Event("out"));
  throw new Refusal(detail(text), answer.status);
}

function detail(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? "";
  } catch {
    return "服务没有响应，请稍后重试";
  }
}

const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();
const at = encodeURIComponent;

export const api = {
  me: () => ask<Who>("GET", "session"),
  signIn: (username: string, password: string) => ask<Who>("POST", "session", { username, password }),
  signOut: () => ask<void>("DELETE", "session"),
  health: () => ask<Condition>("GET", "health"),

  samples: () => ask<Sample[]>("GET", "calls/samples"),
  simulate: (sample: string) => ask<{ call: string }>("POST", "calls/simulate", { sample }),
  current: () => ask<{ call: string | null; state: string }>("GET", "calls/current"),
  callTicket: (call: string) => ask<Ticket>("GET", `calls/${at(call)}/ticket`),
  answerCall: (call: string) => ask<void>("POST", `calls/${at(call)}/answer`),
  hangUp: (call: string) => ask<void>("POST", `calls/${at(call)}/hangup`),
  toggle: (call: string, what: "hold" | "mute", on: boolean) => ask<void>("POST", `calls/${at(call)}/${what}`, { on }),
  transfer: (call: string, to: string) => ask<void>("POST", `calls/${at(call)}/transfer`, { to }),
  decide: (call: string, card: Cited, decision: string, reason = "") =>
    ask<void>("POST", `calls/${at(call)}/cards/${at(card.article)}`, { decision, version: card.version, reason }),
  decisions: (call: string) => ask<Decision[]>("GET", `calls/${at(call)}/decisions`),
  utterances: (call: string) => ask<Heard[]>("GET", `calls/${at(call)}/utterances`),
  audio: (call: string, leg: string, start: number, end: number) =>
    `/api/calls/${at(call)}/audio?${query({ leg, start: String(start), end: String(end) })}`,

  search: (q: string) => ask<Card[]>("GET", `knowledge/search?${query({ q })}`),
  article: (id: string) => ask<Article>("GET", `knowledge/${at(id)}`),
  departments: () => ask<{ name: string; level: string }[]>("GET", "departments"),
  matters: () => ask<{ matter1: string; matter2: string }[]>("GET", "matters"),

  tickets: (q: string, state: string, cursor: string) =>
    ask<{ items: Ticket[]; next: string | null }>("GET", `tickets?${query({ q, state, cursor })}`),
  counts: () => ask<Record<string, number>>("GET", "tickets/counts"),
  ticket: (id: string | number) => ask<Detail>("GET", `tickets/${at(id)}`),
  history: (number: string) => ask<Ticket[]>("GET", `tickets/history?${query({ number })}`),
  edit: (id: number, version: number, edit: Edit) => ask<Ticket>("PATCH", `tickets/${id}`, { version, ...edit }),
  dispatch: (ticket: Pick<Ticket, "id" | "version">, to: Sent) =>
    ask<Ticket>(
      "POST",
      `tickets/${ticket.id}/dispatch`,
      { version: ticket.version, ...to },
      { "Idempotency-Key": `dispatch-${ticket.id}-${ticket.version}` },
    ),
  reply: (ticket: Pick<Ticket, "id" | "version">, answer: string, cited: Cited[]) =>
    ask<Ticket>("POST", `tickets/${ticket.id}/answer`, { version: ticket.version, answer, cited }),
  act: (ticket: Pick<Ticket, "id" | "version">, action: string, reason: string) =>
    ask<Ticket>("POST", `tickets/${ticket.id}/actions/${action}`, { version: ticket.version, reason }),
};
