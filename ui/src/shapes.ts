/** What the server says and takes, as its documents of the interface name it. */
import type { Card, Department, Level } from "./events";

export type PageName = "desk" | "tickets" | "knowledge" | "labelling" | "configuration" | "users";
export type Light = "red" | "amber" | "green" | "";

/**
 * `may`: calls, tickets, export, unmask, configure, users, verify. `bulk`: moves on many tickets at once.
 * `temporary`: the password is one that was given out.
 */
export interface Who {
  username: string;
  name: string;
  role: string;
  role_label: string;
  department: string;
  team: string;
  pages: PageName[];
  may: string[];
  bulk: string[];
  temporary: boolean;
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

export interface Callback {
  at: string;
  day: string;
  actor: string;
  outcome: string;
  reason: string;
}

export interface Ticket {
  id: number;
  number: string;
  call_id: string | null;
  channel: string;
  state: string;
  state_label: string;
  light: Light;
  version: number;
  called_number: string;
  calling_number: string;
  citizen_name: string;
  sex: string;
  citizen_kind: string;
  confidential: boolean;
  wants_callback: boolean;
  callback_number: string;
  nature: string;
  matter1: string;
  matter2: string;
  matter3: string;
  tags: string[];
  title: string;
  content: string;
  happened_at: string;
  address: string;
  district: string;
  coordinates: string;
  grid: string;
  party_concerned: string;
  party_code: string;
  request: string;
  urgency: string;
  sensitive: string[];
  first_department: string;
  department: string;
  assisting: string[];
  basis: string;
  locked: boolean;
  rule_version: string;
  dispatched_at: string | null;
  sign_due_at: string | null;
  signed_at: string | null;
  contact_due_at: string | null;
  contacted_at: string | null;
  return_due_at: string | null;
  due_at: string | null;
  due_amber_at: string | null;
  paused_at: string | null;
  review_at: string | null;
  report_due_at: string | null;
  report_sent_at: string | null;
  replied_at: string | null;
  callback_due_at: string | null;
  closed_at: string | null;
  step_due_at: string | null;
  step_amber_at: string | null;
  returns: number;
  returned_by: string[];
  redispatches: number;
  extensions: number;
  asked_days: number;
  plan: string;
  urges: number;
  supervision: number;
  reworks: number;
  emergency: string;
  route: string;
  answer: string;
  cited: Cited[];
  reply: string;
  result: string;
  callbacks: Callback[];
  first_satisfaction: string;
  satisfaction: string;
  opinions: Record<string, string>;
  archive_hash: string;
  merged_into: number | null;
  linked_to: number | null;
  provincial_number: string;
  police_number: string;
  summary: string;
  agent: string;
  created_at: string;
  updated_at: string;
  evidence: Record<string, Evidence>;
  touched: string[];
}

export interface Entry {
  seq: number;
  at: string;
  actor: string;
  name: string;
  role: string;
  department: string;
  action: string;
  label: string;
  from_state: string;
  to_state: string;
  reason: string;
  rule_version: string;
  changes: Record<string, unknown>;
  details: Record<string, unknown>;
}

/** A move that the table allows; needs, takes: names of inputs that must, that may be given. */
export interface Move {
  action: string;
  label: string;
  needs: string[];
  takes: string[];
}

export type InputKind =
  | "line"
  | "text"
  | "choice"
  | "number"
  | "date"
  | "department"
  | "departments"
  | "ticket"
  | "citations"
  | "flag"
  | "words";

/** most: characters of a text, the largest of a number, the longest of a list. */
export interface Input {
  label: string;
  kind: InputKind;
  most: number;
  choices: string[];
}

/** What was given with a move, by the names of its inputs. */
export type Inputs = Record<string, unknown>;

/** A time limit of a ticket and how it came about. */
export interface ClockOut {
  clock: string;
  label: string;
  due_at: string;
  light: Light;
  done_at: string | null;
  why: string[];
}

export interface Related {
  id: number;
  number: string;
  title: string;
  state: string;
  state_label: string;
  relation: string;
}

/** `closed`: to be had once a reason is given for asking who the citizen is. */
export interface Attached {
  id: number;
  name: string;
  media_type: string;
  size: number;
  at: string;
  closed: boolean;
}

export interface Detail {
  ticket: Ticket;
  journal: Entry[];
  actions: Move[];
  editable: string[];
  clocks: ClockOut[];
  related: Related[];
  attachments: Attached[];
  masked: boolean;
  inputs: Record<string, Input>;
  fields: Record<string, Input>;
}

/** Another ticket that may be the same request; score 0–1. */
export interface Alike {
  ticket: Pick<Ticket, "id" | "number" | "title" | "state" | "state_label" | "created_at" | "department">;
  score: number;
  why: string[];
  duplicate: boolean;
}

/** What the copilot says about a ticket that did not come by a call. */
export interface Advice {
  cards: Card[];
  departments: Department[];
  question: string;
}

export type Citizen = Pick<Ticket, "citizen_name" | "calling_number" | "callback_number">;

/** A ticket without a call, or one that goes on from another. */
export interface NewTicket {
  channel: string;
  calling_number: string;
  fields: Record<string, unknown>;
  linked_to?: number | null;
}

/** Fields that a person changed, and fields given back to the copilot. */
export interface TicketEdit {
  changes: Record<string, unknown>;
  release: string[];
}

/** What a list is narrowed to; "" and [] leave a thing open. Dates: days in China, both included. */
export interface Asked {
  queue: string;
  q: string;
  state: string[];
  department: string;
  nature: string;
  district: string;
  urgency: string;
  channel: string;
  light: string;
  created_from: string;
  created_to: string;
  sort: string;
}

/** One page of a list; `next`: the cursor of the one behind it. */
export interface TicketPage {
  items: Ticket[];
  next: string | null;
}

/** `capped`: there are more than `total`. */
export interface Queue {
  name: string;
  label: string;
  total: number;
  capped: boolean;
  red: number;
  amber: number;
}

/** How one ticket of a bulk move fared. */
export interface BulkOut {
  id: number;
  number: string;
  done: boolean;
  problem: string;
}

export interface SavedView {
  id: number;
  name: string;
  query: Partial<Asked>;
}

/** A row of the tree of departments. */
export interface DepartmentRow {
  name: string;
  level: string;
  parent: string;
  district: string;
}

/** Who published a version, when, why, and the day from which it holds. */
export interface ConfigurationVersion {
  version: number;
  effective_from: string;
  author: string;
  at: string;
  note: string;
  undoes: number | null;
}

/** `version`: the one in force, 0 for what ships with the product; `newest`: may be one that is to come. */
export interface ConfigurationKind {
  kind: string;
  label: string;
  version: number;
  newest: number;
  effective_from: string | null;
  author: string;
  at: string | null;
}

/** `body`: of the newest version, as text. `shape`: how it is edited. */
export interface ConfigurationDetail {
  kind: string;
  label: string;
  newest: number;
  current: ConfigurationVersion | null;
  body: string;
  format: "toml" | "json";
  shape: "text" | "form" | "rows";
  columns: ConfigurationColumn[];
  takes_effect: string;
  versions: ConfigurationVersion[];
}

/** A column of a table, or a line of a form. */
export interface ConfigurationColumn {
  name: string;
  label: string;
  kind: "text" | "switch" | "number" | "choice" | "words";
  choices: string[];
}

export interface ConfigurationBody {
  kind: string;
  version: number;
  body: string;
  format: "toml" | "json";
}

/** `base_version`: the newest that was seen; `body`: text, or the table or form itself. */
export interface Publication {
  base_version: number;
  body: unknown;
  effective_from: string | null;
  note: string;
}

export interface Phrase {
  title: string;
  text: string;
}

/** `temporary`: the password is one that was given out; `changes_at`: when a change to come takes hold. */
/** What a due time is computed from. `body`: a draft of a rule pack; `start`: with its zone. */
export interface Trial {
  body: string;
  clock: string;
  nature: string;
  urgency: string;
  line: string;
  kind: string;
  start: string;
}

export interface Tried {
  at: string;
  amber_at: string;
  why: string[];
}

/** The built-in calendar of a year: the days that are not what their weekday says, with why. */
export interface CalendarYear {
  year: number;
  known: boolean;
  days: Record<string, string>;
}

export interface UserRow {
  username: string;
  name: string;
  role: string;
  role_label: string;
  department: string;
  team: string;
  active: boolean;
  locked: boolean;
  temporary: boolean;
  version: number;
  changes_at: string | null;
}

export interface UserVersion extends ConfigurationVersion {
  body: Record<string, string | boolean>;
}

/** A user with the password given out, which is shown this once. */
export interface Given {
  user: UserRow;
  password: string;
}

export type NewUser = Pick<UserRow, "username" | "name" | "role" | "department" | "team"> & { note: string };
export type UserEdit = Partial<Pick<UserRow, "name" | "role" | "department" | "team" | "active">> & {
  version: number;
  effective_from?: string;
  note?: string;
};

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
  line: string;
  content: { slices: { text: string; clause: string }[] };
}

/** A card that was searched for. `highlights`: [start, end) in its text, what speaks for it. */
/** A card; of a search also what to mark in it and whether it is sure: likely enough to be shown unasked. */
export type FoundCard = Card & { highlights?: [number, number][]; sure?: boolean };

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
