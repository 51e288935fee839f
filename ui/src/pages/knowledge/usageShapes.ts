/** What the server says and takes about how 热线百科 is used. Days and weeks as YYYY-MM-DD, moments with their time. */

export interface AskedRow {
  id: number;
  source: string;
  source_label: string;
  text: string;
  user: string;
  call: string | null;
  ticket: number | null;
  at: string;
  gap: number | null;
}

export type GapAct = "assign" | "link" | "reject" | "hand_back";

/** `acts`: what this user may do now; `callers`: calls and tickets among the questions. */
export interface Gap {
  id: number;
  title: string;
  state: string;
  state_label: string;
  department: string;
  basis: string;
  opened_at: string;
  due_at: string | null;
  overdue: boolean;
  assigned_by: string;
  assigned_at: string | null;
  article: string;
  article_title: string;
  article_live: boolean;
  linked_at: string | null;
  reason: string;
  closed_by: string;
  closed_at: string | null;
  count: number;
  callers: number;
  last_at: string;
  examples: string[];
  trend: { week_start: string; count: number }[];
  acts: GapAct[];
}

export interface GapDetail extends Gap {
  questions: AskedRow[];
}

/** `waiting`: questions that belong to no gap yet. */
export interface GapList {
  items: Gap[];
  counts: { state: string; label: string; count: number }[];
  overdue: number;
  waiting: number;
  as_of: string;
}

export interface Clustered {
  questions: number;
  joined: number;
  opened: number;
  waiting: number;
  as_of: string;
}

export type RecallState = "to_call" | "reached" | "unreached" | "not_needed";

export interface Recall {
  id: number;
  article: string;
  title: string;
  version: number;
  /** The first version that was wrong. */
  since: number;
  reason: string;
  opened_by: string;
  opened_at: string;
  counts: Record<RecallState, number>;
  total: number;
  open: boolean;
}

export interface RecallItem {
  id: number;
  call: string | null;
  ticket: number | null;
  ticket_number: string;
  number: string;
  citizen: string;
  version: number;
  how: string[];
  how_labels: string[];
  told: string;
  told_at: string;
  agent: string;
  agent_name: string;
  state: RecallState;
  state_label: string;
  attempts: { at: string; actor: string; outcome: string; note: string }[];
  reason: string;
  done_by: string;
  done_at: string | null;
}

/** `right_now`: what holds instead; null: the article is gone without one. */
export interface RecallDetail extends Recall {
  right_now: { article: string; version: number; title: string; text: string } | null;
  outcomes: { name: string; label: string }[];
  items: RecallItem[];
}

export type FeedbackSort = "refused" | "taken" | "said" | "stale" | "unused";

export interface FeedbackRow {
  article: string;
  version: number;
  title: string;
  department: string;
  taken: number;
  refused: number;
  reasons: { reason: string; count: number }[];
  said: number;
  tickets: number;
  reviewed_at: string | null;
  published_at: string | null;
  last_used_at: string | null;
  review_due: string | null;
  weeks: { week_start: string; taken: number; refused: number; said: number }[];
}

/** `calls`: answered and looked through; `measured`: those of them with words of the agent. */
export interface FigureWeek {
  week_start: string;
  calls: number;
  with_card: number;
  measured: number;
  inserted: number;
  said: number;
  tickets: number;
  tickets_cited: number;
  zero_searches: number;
}

export interface Figures {
  as_of: string;
  weeks: FigureWeek[];
  coverage: { with_card: number; of: number };
  citation: { inserted: number; said: number; of: number; measured: number };
  states: { state: string; label: string; count: number }[];
  departments: { department: string; live: number }[];
  refusals: { reason: string; count: number }[];
  gaps: { open: number; assigned: number; overdue: number; written: number; rejected: number };
  recalls: { open: number; to_call: number };
  review_due: { overdue: number; within_30: number };
  zero_hits: { q: string; count: number; last: string }[];
  top: { article: string; title: string; taken: number; said: number }[];
  stale: { article: string; title: string; reviewed_at: string | null; review_due: string | null }[];
}
