/** What a citizen tells us, and what is still missing. */

export const KINDS = ["个人", "企业", "匿名"] as const;
export const NATURES = ["咨询", "求助", "投诉", "举报", "建议", "表扬"] as const;

export interface Request {
  nature: string;
  content: string;
  request: string;
  happened_at: string;
  address: string;
  citizen_kind: string;
  citizen_name: string;
  callback_number: string;
  confidential: boolean;
  wants_callback: boolean;
}

export type Field = keyof Request;
/** Why a field is not right yet, by field. */
export type Faults = Partial<Record<Field, string>>;

const NUMBER = /^(?:1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$/;

export const blank = (): Request => ({
  nature: "",
  content: "",
  request: "",
  happened_at: "",
  address: "",
  citizen_kind: "个人",
  citizen_name: "",
  callback_number: "",
  confidential: false,
  wants_callback: true,
});

/** Says for each field what is missing, in the order of the page. `least`: characters of what happened. */
export function faults(said: Request, least = 1): Faults {
  const found: Faults = {};
  if (!said.nature) found.nature = "请选择这是哪一类诉求";
  if (said.content.trim().length < least) found.content = `请写清发生了什么，至少 ${least} 个字`;
  if (said.citizen_kind === "匿名") return found;
  if (!said.citizen_name.trim()) found.citizen_name = said.citizen_kind === "企业" ? "请填写企业名称" : "请填写怎么称呼您";
  if (!NUMBER.test(said.callback_number.replace(/\s/g, ""))) found.callback_number = "请填写 11 位手机号，或带区号的座机号，例如 0514-87654321";
  return found;
}

/** What is sent: who stays anonymous leaves neither name nor number and is not called back. */
export function told(said: Request): Request {
  const clean = { ...said, callback_number: said.callback_number.replace(/\s/g, "") };
  if (said.citizen_kind !== "匿名") return clean;
  return { ...clean, citizen_name: "", callback_number: "", confidential: true, wants_callback: false };
}
