/** What an article says beside its slices: names, words for them, an empty one. */
import type { Body } from "../shapes";
import { empty } from "./slices";

export const LABELS: Record<keyof Body, string> = {
  title: "标题",
  questions: "常见问法",
  slices: "正文切片",
  clause: "依据",
  issuer: "发布单位",
  region: "适用地区",
  line: "专线",
  valid_from: "生效日期",
  valid_to: "失效日期",
  source: "来源",
  tags: "标签",
  matter: "事项分类",
  supersedes: "取代的文章",
  review_due: "下次复核",
};
export const NAMES = Object.keys(LABELS) as (keyof Body)[];

export const blank = (issuer = ""): Body => ({
  title: "",
  questions: [],
  slices: [empty()],
  clause: "",
  issuer,
  region: "扬州市",
  line: "",
  valid_from: "",
  valid_to: "",
  source: "",
  tags: [],
  matter: [],
  supersedes: [],
  review_due: "",
});

/** The body alone, out of something that holds it. */
export const bodyOf = (row: Body): Body => Object.fromEntries(NAMES.map((name) => [name, row[name]])) as unknown as Body;

/** As it is sent: without slices, questions and tags that are empty still. */
export const tidy = (body: Body): Body => ({
  ...body,
  title: body.title.trim(),
  questions: words(body.questions),
  tags: words(body.tags),
  slices: body.slices.filter((one) => one.text.trim()).map(({ text, clause }) => ({ text: text.trim(), clause: clause.trim() })),
});

const words = (list: readonly string[]): string[] => [...new Set(list.map((one) => one.trim()).filter(Boolean))];

/** What is missing before an article can be kept at all; "": nothing. */
export function missing(body: Body): string {
  const { title, slices } = tidy(body);
  if (!title) return "先写标题";
  return slices.length ? "" : "先写正文";
}

/** What had better be looked at before it is submitted. */
export function doubts(body: Body, today: string): string[] {
  const out = [];
  if (!body.issuer) out.push("发布单位没有填");
  if (!body.clause && !body.slices.some((one) => one.clause)) out.push("依据没有填，坐席引用时说不出根据");
  if (!body.source) out.push("来源没有填");
  if (!body.questions.length) out.push("没有常见问法，市民换个说法可能找不到");
  if (body.valid_from && body.valid_to && body.valid_from > body.valid_to) out.push("生效日期晚于失效日期");
  if (body.valid_to && body.valid_to < today) out.push("失效日期已过");
  return out;
}
