/** The fields of a ticket that a person may change: name, label on screen, longest value that the server takes. */
export const FIELDS = {
  nature: ["工单性质", 10],
  urgency: ["紧急程度", 10],
  matter1: ["事项大类", 50],
  matter2: ["事项小类", 50],
  citizen_name: ["来电人", 50],
  callback_number: ["回访电话", 32],
  address: ["地址", 200],
  district: ["区县", 50],
  happened_at: ["发生时间", 100],
  party_concerned: ["涉事对象", 100],
  title: ["标题", 100],
  content: ["诉求内容", 5000],
  request: ["诉求目的", 500],
  department: ["承办单位", 100],
  basis: ["派单依据", 500],
  answer: ["答复内容", 5000],
} as const satisfies Record<string, readonly [string, number]>;

export type Name = keyof typeof FIELDS;
export type Values = Record<Name, string>;

export const NAMES = Object.keys(FIELDS) as Name[];
export const NATURES = ["咨询", "求助", "投诉", "举报", "建议", "表扬"];
export const URGENCIES = ["普通", "紧急"];
/** Where a phrase of the conversation may be put, in the order of the menu. */
export const PHRASE_TARGETS: Name[] = [
  "content", "address", "citizen_name", "callback_number", "happened_at", "party_concerned", "request", "title",
];

export const label = (name: Name): string => FIELDS[name][0];
export const longest = (name: Name): number => FIELDS[name][1];
export const isName = (name: string): name is Name => name in FIELDS;

export function blank(): Values {
  return { ...(Object.fromEntries(NAMES.map((name) => [name, ""])) as Values), urgency: "普通" };
}

/** Special lines merged into 12345, as an article is kept for one of them. */
export const LINES: [string, string][] = [
  ["12315", "12315 市场监管"],
  ["12319", "12319 城市管理"],
  ["12328", "12328 交通运输"],
  ["12329", "12329 住房公积金"],
  ["12348", "12348 法律服务"],
  ["12393", "12393 医疗保障"],
];

export const lineName = (line: string): string => LINES.find(([value]) => value === line)?.[1] ?? line;
