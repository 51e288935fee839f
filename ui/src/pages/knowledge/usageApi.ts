/** How 热线百科 is used, on the server; one function an address. */
import { ask, query } from "../../http";
import type * as s from "./usageShapes";

export interface GapsAsked {
  state: string;
  q: string;
  department: string;
  overdue: boolean;
}

const gap = (id: number, act: string, body: object) => ask<s.Gap>("POST", `knowledge/gaps/${id}/${act}`, body);

export const usage = {
  gaps: ({ overdue, ...asked }: GapsAsked) =>
    ask<s.GapList>("GET", `knowledge/gaps?${query({ ...asked, overdue: overdue ? "true" : "" })}`),
  gap: (id: number) => ask<s.GapDetail>("GET", `knowledge/gaps/${id}`),
  cluster: () => ask<s.Clustered>("POST", "knowledge/gaps/cluster", {}),
  assignGap: (id: number, department: string) => gap(id, "assign", { department }),
  linkGap: (id: number, article: string) => gap(id, "link", { article }),
  handBackGap: (id: number, reason: string) => gap(id, "hand_back", { reason }),
  rejectGap: (id: number, reason: string) => gap(id, "reject", { reason }),

  recalls: () => ask<s.Recall[]>("GET", "knowledge/recalls"),
  recall: (id: number) => ask<s.RecallDetail>("GET", `knowledge/recalls/${id}`),
  callDone: (id: number, item: number, outcome: string, note: string) =>
    ask<s.RecallItem>("POST", `knowledge/recalls/${id}/items/${item}/done`, { outcome, note }),
  exported: (id: number) => `/api/knowledge/recalls/${id}/export`,

  feedback: (asked: { sort: s.FeedbackSort; department: string; limit: number }) =>
    ask<{ items: s.FeedbackRow[]; as_of: string }>("GET", `knowledge/feedback?${query(asked)}`),
  figures: (weeks: number) => ask<s.Figures>("GET", `knowledge/figures?${query({ weeks })}`),
};
