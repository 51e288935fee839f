/** The server's REST interface, one function an address. */
import type { Heard } from "./events";
import { ask, at, query } from "./http";
import type * as s from "./shapes";

export { Refusal, signedOut, socketUrl } from "./http";
export type * from "./shapes";

/** A ticket in the version that was seen. */
type Seen = Pick<s.Ticket, "id" | "version">;

export const api = {
  me: () => ask<s.Who>("GET", "session"),
  signIn: (username: string, password: string) => ask<s.Who>("POST", "session", { username, password }),
  signOut: () => ask<void>("DELETE", "session"),
  changePassword: (old: string, chosen: string) =>
    ask<void>("POST", "session/password", { old, new: chosen }),
  health: () => ask<s.Condition>("GET", "health"),

  samples: () => ask<s.Sample[]>("GET", "calls/samples"),
  simulate: (sample: string) => ask<{ call: string }>("POST", "calls/simulate", { sample }),
  current: () => ask<{ call: string | null; state: string }>("GET", "calls/current"),
  callTicket: (call: string) => ask<s.Ticket>("GET", `calls/${at(call)}/ticket`),
  answerCall: (call: string) => ask<void>("POST", `calls/${at(call)}/answer`),
  hangUp: (call: string) => ask<void>("POST", `calls/${at(call)}/hangup`),
  toggle: (call: string, what: "hold" | "mute", on: boolean) => ask<void>("POST", `calls/${at(call)}/${what}`, { on }),
  transfer: (call: string, to: string) => ask<void>("POST", `calls/${at(call)}/transfer`, { to }),
  decide: (call: string, card: s.Cited, decision: string, reason = "") =>
    ask<void>("POST", `calls/${at(call)}/cards/${at(card.article)}`, { decision, version: card.version, reason }),
  decisions: (call: string) => ask<s.Decision[]>("GET", `calls/${at(call)}/decisions`),
  utterances: (call: string) => ask<Heard[]>("GET", `calls/${at(call)}/utterances`),
  audio: (call: string, leg: string, start: number, end: number) =>
    `/api/calls/${at(call)}/audio?${query({ leg, start, end })}`,

  search: (q: string) => ask<s.FoundCard[]>("GET", `knowledge/search?${query({ q })}`),
  article: (id: string) => ask<s.Article>("GET", `knowledge/articles/${at(id)}`),
  departments: () => ask<s.DepartmentRow[]>("GET", "departments"),
  phrases: () => ask<s.Phrase[]>("GET", "phrases"),
  tags: () => ask<string[]>("GET", "tags"),
  matters: () => ask<{ matter1: string; matter2: string }[]>("GET", "matters"),

  tickets: (asked: Partial<s.Asked>, cursor = "", limit = 50) =>
    ask<s.TicketPage>("GET", `tickets?${query({ ...asked, cursor, limit })}`),
  queues: () => ask<s.Queue[]>("GET", "tickets/queues"),
  exported: (asked: Partial<s.Asked>, format: "csv" | "xlsx") => `/api/tickets/export?${query({ ...asked, format })}`,
  history: (number: string) => ask<s.Ticket[]>("GET", `tickets/history?${query({ number })}`),
  /** `key`: one a form, so that sending it twice makes one ticket. */
  create: (ticket: s.NewTicket, key = "") => ask<s.Ticket>("POST", "tickets", ticket, key),
  bulk: (action: string, inputs: s.Inputs, tickets: Seen[]) =>
    ask<{ items: s.BulkOut[] }>("POST", "tickets/bulk", { action, inputs, tickets }),
  ticket: (id: string | number) => ask<s.Detail>("GET", `tickets/${at(id)}`),
  edit: (id: number, version: number, edit: s.TicketEdit) =>
    ask<s.Ticket>("PATCH", `tickets/${id}`, { version, ...edit }),
  /** Every move of the workflow table. Sent again in the same version, it happens once. */
  act: ({ id, version }: Seen, action: string, inputs: s.Inputs = {}) =>
    ask<s.Ticket>("POST", `tickets/${id}/actions/${action}`, { version, inputs }, `${action}-${id}-${version}`),
  unmask: ({ id, version }: Seen, reason: string) =>
    ask<s.Citizen>("POST", `tickets/${id}/unmask`, { version, reason }),
  similar: (id: number) => ask<s.Alike[]>("GET", `tickets/${id}/similar`),
  suggestions: (id: number) => ask<s.Advice>("GET", `tickets/${id}/suggestions`),
  attachments: (id: number) => `/api/tickets/${id}/attachments`,
  attachment: (id: number, attached: number) => `/api/tickets/${id}/attachments/${attached}`,

  views: () => ask<s.SavedView[]>("GET", "views"),
  keepView: (name: string, asked: Partial<s.Asked>) => ask<s.SavedView>("POST", "views", { name, query: asked }),
  dropView: (id: number) => ask<void>("DELETE", `views/${id}`),

  configurations: () => ask<s.ConfigurationKind[]>("GET", "configuration"),
  configuration: (kind: string) => ask<s.ConfigurationDetail>("GET", `configuration/${at(kind)}`),
  configurationAt: (kind: string, version: number) =>
    ask<s.ConfigurationBody>("GET", `configuration/${at(kind)}/${version}`),
  publish: (kind: string, publication: s.Publication) =>
    ask<s.ConfigurationVersion>("POST", `configuration/${at(kind)}`, publication),
  undoConfiguration: (kind: string, version: number, note: string) =>
    ask<s.ConfigurationVersion>("POST", `configuration/${at(kind)}/undo`, { version, note }),
  trial: (asked: s.Trial) => ask<s.Tried>("POST", "configuration/deadlines/trial", asked),
  calendar: (year: number) => ask<s.CalendarYear>("GET", `calendar/${year}`),

  users: () => ask<s.UserRow[]>("GET", "users"),
  addUser: (user: s.NewUser) => ask<s.Given>("POST", "users", user),
  editUser: (username: string, edit: s.UserEdit) => ask<s.UserRow>("PATCH", `users/${at(username)}`, edit),
  givePassword: (username: string) => ask<s.Given>("POST", `users/${at(username)}/password`),
  userVersions: (username: string) => ask<s.UserVersion[]>("GET", `users/${at(username)}/versions`),
  undoUser: (username: string, version: number, note: string) =>
    ask<s.UserRow>("POST", `users/${at(username)}/undo`, { version, note }),
};
