/** Labelling on the server, one function an address. */
import { ask, query } from "../../http";
import type * as s from "./shapes";

export const labelling = {
  queues: () => ask<s.LabelQueue[]>("GET", "labelling/queues"),
  collect: () => ask<{ added: Record<string, number>; at: string }>("POST", "labelling/collect"),
  next: (queue: string, count: number) => ask<s.LabelItem[]>("POST", "labelling/next", { queue, count }),
  release: (items: number[]) => ask<void>("POST", "labelling/release", { items }),
  label: (item: number, label: s.LabelIn) => ask<s.LabelDone>("PUT", `labelling/items/${item}/label`, label),
  undo: () => ask<s.LabelItem>("DELETE", "labelling/labels/last"),
  progress: (days: number) => ask<s.LabelProgress[]>("GET", `labelling/progress?${query({ days })}`),
  agreement: () => ask<s.Agreement[]>("GET", "labelling/agreement"),
  disputes: () => ask<s.Dispute[]>("GET", "labelling/disputes"),
  settle: (item: number, label: s.LabelIn, reason: string) =>
    ask<void>("POST", `labelling/items/${item}/settle`, { ...label, reason }),
  annotators: () => ask<s.Annotator[]>("GET", "labelling/annotators"),
  assign: (queue: string, annotator: string, count: number, release = false) =>
    ask<{ assigned: number }>("POST", "labelling/assign", { queue, annotator, count, release }),
  datasets: () => ask<s.Dataset[]>("GET", "labelling/datasets"),
  build: (kind: s.DatasetKind, note: string) => ask<s.Dataset>("POST", "labelling/datasets", { kind, note }),
  download: (id: number) => `/api/labelling/datasets/${id}/download`,
  compare: (id: number, other: number) =>
    ask<s.DatasetCompared>("GET", `labelling/datasets/${id}/compare?${query({ other })}`),
};
