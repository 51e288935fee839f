/** What the server says and takes about labelling. */

/** `waiting`: what this person could take now. The last three stand for adjudicators alone. */
export interface LabelQueue {
  name: string;
  label: string;
  hint: string;
  waiting: number;
  assigned: number;
  done_today: number;
  open: number | null;
  disputed: number | null;
  settled: number | null;
}

export interface Choice {
  value: string;
  label: string;
  key: string;
  needs: "" | "text" | "article" | "route";
  ask: string;
  suggestions: string[];
}

/** Choice by its value; what a choice does not need stays empty. `slice`: -1 where it is not known. */
export interface LabelIn {
  choice: string;
  text: string;
  article: string;
  slice: number;
  matter1: string;
  matter2: string;
  department: string;
}

export interface LabelCard {
  article: string;
  version: number;
  slice: number;
  title: string;
  text: string;
  clause: string;
  issuer: string;
}

/** What is not known is left out. */
export interface LabelContext {
  before?: { who: "citizen" | "agent"; text: string }[];
  card?: LabelCard | null;
  reason?: string;
  field?: string;
  field_label?: string;
  quote?: string;
  source?: string;
}

/** `mine`: the label that this person gave, or took back. */
export interface LabelItem {
  id: number;
  queue: string;
  question: string;
  choices: Choice[];
  context: LabelContext;
  text: string;
  clip: { address: string; seconds: number } | null;
  mine: LabelIn | null;
  assigned: boolean;
  leased_until: string | null;
}

export interface LabelDone {
  done_today: number;
  remaining: number;
}

export interface LabelProgress {
  who: string;
  name: string;
  queue: string;
  items: number;
  seconds: number;
  per_hour: number;
}

/** A share of agreement with its interval (95 %); null where it cannot be reckoned. */
export interface Kappa {
  pairs: number;
  kappa: number | null;
  low: number | null;
  high: number | null;
}

/** `distance`: of corrected texts, the share of characters that differ. `enough`: else the figures are null. */
export interface Agreement extends Kappa {
  queue: string;
  label: string;
  enough: boolean;
  agreed: number | null;
  distance: number | null;
  classes: (Kappa & { value: string; label: string })[];
  people: (Kappa & { a: string; b: string })[];
}

export interface DisputedLabel {
  choice: string;
  label: string;
  text: string;
  article: string;
  title: string;
  slice: number;
  matter1: string;
  matter2: string;
  department: string;
}

export interface Dispute {
  item: LabelItem;
  labels: DisputedLabel[];
}

export interface Annotator {
  username: string;
  name: string;
  held: number;
  assigned: number;
}

export type DatasetKind = "search" | "routing" | "speech";
export type Splits = { train: number; dev: number; test: number };

export interface Manifest {
  kind: DatasetKind;
  version: number;
  rows: number;
  splits: Splits;
  classes: Record<string, Splits>;
  groups: number;
  /** Rows that went to a stricter side. */
  moved: string[];
  left_out: Record<string, number>;
  sampling: Record<string, number>;
  files: Record<string, string>;
}

export interface Dataset {
  id: number;
  kind: DatasetKind;
  version: number;
  author: string;
  author_name: string;
  at: string;
  note: string;
  sha256: string;
  size: number;
  manifest: Manifest;
}

export interface DatasetCompared {
  added: number;
  removed: number;
  changed: number;
  moved: number;
  same: number;
  examples: Record<"added" | "removed" | "changed" | "moved", unknown[]>;
}
