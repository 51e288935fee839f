/** What the server says and takes about 热线百科. */
import type { Card } from "../../events";
import type { Span } from "../../spans";
import type { Slice } from "./editor/slices";

/** What a version says: the body that is edited, compared and searched. Days as text, "" where open. */
export interface Body {
  title: string;
  questions: string[];
  slices: Slice[];
  clause: string;
  issuer: string;
  region: string;
  line: string;
  valid_from: string;
  valid_to: string;
  source: string;
  tags: string[];
  matter: string[];
  supersedes: string[];
  review_due: string;
}

export type ActionName =
  | "edit" | "submit" | "pass" | "approve" | "send_back" | "publish" | "withdraw" | "revert" | "confirm" | "drop" | "delete";

/** What the reader may do now. `reason`: a reason is wanted. */
export interface Action {
  name: ActionName;
  label: string;
  reason: boolean;
}

/** A version as a list shows it. `slices`: how many. `seen`: its number as it was read. */
export interface VersionRow {
  article: string;
  version: number;
  state: string;
  state_label: string;
  title: string;
  issuer: string;
  department: string;
  region: string;
  line: string;
  valid_from: string;
  valid_to: string;
  review_due: string;
  base: number;
  note: string;
  author: string;
  author_name: string;
  first_reviewer: string;
  first_reviewer_name: string;
  reviewer: string;
  reviewer_name: string;
  created_at: string;
  changed_at: string;
  published_at: string | null;
  reviewed_at: string | null;
  seen: number;
  live: boolean;
  slices: number;
  actions: Action[];
}

/** A version in full, as it is read and edited. `body`: the whole text; `content`: what an editor sends back; `live_version`: 0 for none. */
export interface Version extends VersionRow {
  id: string;
  body: string;
  clause: string;
  source: string;
  tags: string[];
  content: Body;
  live_version: number;
}

/** The body as it travels: days that are open are null. */
export type Content = Omit<Body, Days> & Record<Days, string | null>;
export type Days = "valid_from" | "valid_to" | "review_due";

/** A passage that answers. `slice`: the number of its slice, from 0; `why`: z-scores by scorer; `sure`: likely enough to be shown unasked. */
export interface Hit extends Card {
  sure: boolean;
  slice: number;
  line: string;
  tags: string[];
  highlights: [number, number][];
  why: Record<string, number>;
  alike: { article: string; title: string }[];
}

/** What articles can be narrowed to. */
export interface Choices {
  states: { name: string; label: string }[];
  regions: string[];
  lines: string[];
  tags: string[];
  issuers: string[];
}

/** What a list of articles is narrowed to. */
export interface ListQuery {
  q: string;
  state: string;
  mine: string;
  department: string;
  line: string;
  due: string;
  sort: string;
}

/** What differs between two versions; `before`, `after` of a slice: its number from 0, null where it is not. */
export interface Comparison {
  article: string;
  a: number;
  b: number;
  fields: { name: string; label: string; before: string; after: string }[];
  lists: { name: string; label: string; kept: string[]; added: string[]; removed: string[] }[];
  slices: SliceChange[];
  changed: number;
}

export interface SliceChange {
  kind: "same" | "changed" | "added" | "removed";
  moved: boolean;
  clause_before: string;
  clause_after: string;
  before: number | null;
  after: number | null;
  spans: { kind: "kept" | "added" | "removed"; text: string }[];
}

export interface ReviewQueue {
  name: string;
  label: string;
  count: number;
  items: VersionRow[];
}

/** What happened to an article. `wrong`: what was withdrawn told people something false. */
export interface JournalEntry {
  id: number;
  at: string;
  actor: string;
  actor_name: string;
  action: string;
  label: string;
  version: number;
  state: string;
  state_label: string;
  live: number;
  reason: string;
  wrong: boolean;
}

/** What goes with an action. */
export interface ActInput {
  seen: number;
  reason?: string;
  wrong?: boolean;
  wrong_since?: number;
  review_due?: string | null;
}

/** Work that takes a while: how far it is, what it came to, or what went wrong. */
export interface Job {
  id: number;
  kind: "audit" | "import" | "encoder" | "reranker";
  label: string;
  state: "running" | "done" | "failed";
  done: number;
  total: number;
  error: string;
  result: Record<string, unknown>;
}

/** A comparison of index and database; each fault with what was done about it. */
export interface Audit {
  id: number;
  at: string;
  seconds: number;
  articles: number;
  slices: number;
  faults: { article: string; where: string; part: string; says: string; repaired: boolean }[];
  repaired: boolean;
}

/** What search goes by. `encoder`: the name chosen; `name`: of its weights; `job`: the newest change of it. */
export interface EncoderState {
  encoder: string;
  name: string;
  size: number;
  reranker: string;
  notice: string;
  choices: string[];
  articles: number;
  position: number;
  job: Job | null;
}

/** `state`: reading, read, refused, taken, dropped. `same`: the same file was brought in before. */
export interface Import {
  id: number;
  name: string;
  size: number;
  state: "reading" | "read" | "refused" | "taken" | "dropped";
  label: string;
  done: number;
  total: number;
  stage: string;
  kind: string;
  kind_label: string;
  author: string;
  author_name: string;
  at: string;
  same: { id: number; at: string; author_name: string } | null;
  notes: string[];
  refused: { where: string; why: string }[];
  counts: ImportCounts;
}

export interface ImportCounts {
  items: number;
  slices: number;
  taken: number;
  refused: number;
  duplicate: number;
  contradiction: number;
  noted: number;
}

export type ItemFilter = "" | "open" | "clean" | "duplicate" | "contradiction" | "noted" | "taken";

export interface ImportPage extends Import {
  items: Item[];
  matching: number;
}

/** A proposed article. `chosen`: there is nothing against it. `article`: what it became. */
export interface Item {
  n: number;
  where: string;
  row: Body;
  notes: string[];
  findings: Finding[];
  seen: number;
  taken: boolean;
  article: string;
  version: number;
  chosen: boolean;
}

/** A proposed slice beside one that it repeats or contradicts. `spans`: the words that differ. */
export interface Finding {
  kind: "duplicate" | "contradiction";
  label: string;
  says: string;
  mine: { slice: number; text: string; spans: Span[] };
  theirs: { article: string; version: number; item: number; title: string; slice: number; text: string; spans: Span[] };
}

export interface Kept {
  article: string;
  version: number;
  title: string;
  state_label: string;
}

export interface Taken {
  n: number;
  article: string;
  version: number;
  title: string;
}
