/** The states of a ticket as the list shows them, in the order of its life. */
export const STATES: [string, string][] = [
  ["draft", "草稿"],
  ["in_review", "待审核"],
  ["to_dispatch", "待派单"],
  ["dispatched", "已派单"],
  ["return_requested", "申请退单"],
  ["in_progress", "办理中"],
  ["replied", "已反馈"],
  ["to_call_back", "待回访"],
  ["answered", "已答复"],
  ["routed_out", "已告知途径"],
  ["emergency", "紧急联动"],
  ["closed", "已办结"],
];

const TONES: Record<string, string> = {
  draft: "warn",
  emergency: "bad",
  return_requested: "warn",
  closed: "good",
  answered: "good",
  routed_out: "good",
};

/** The colour of a state. */
export const tone = (state: string): string => TONES[state] ?? "info";
