/** The states of a ticket as the list shows them, in the order of its life. */
export const STATES: [string, string][] = [
  ["draft", "草稿"],
  ["in_review", "待审核"],
  ["to_dispatch", "待派单"],
  ["dispatched", "待签收"],
  ["return_requested", "申请退单"],
  ["conference", "待会商"],
  ["in_progress", "办理中"],
  ["extension_requested", "申请延期"],
  ["pend_requested", "申请挂账"],
  ["pended", "已挂账"],
  ["replied", "待审反馈"],
  ["to_call_back", "待回访"],
  ["rework", "待重办"],
  ["adjudication", "待裁定"],
  ["emergency", "紧急联动"],
  ["answered", "已答复"],
  ["routed_out", "已告知途径"],
  ["merged", "已并单"],
  ["closed", "已办结"],
  ["archived", "已归档"],
];

const TONES: Record<string, string> = {
  draft: "warn",
  emergency: "bad",
  return_requested: "warn",
  conference: "warn",
  extension_requested: "warn",
  pend_requested: "warn",
  rework: "warn",
  adjudication: "warn",
  closed: "good",
  answered: "good",
  routed_out: "good",
  merged: "",
  pended: "",
  archived: "",
};

/** The colour of a state. */
export const tone = (state: string): string => TONES[state] ?? "info";
