/** The server's REST interface for 热线百科, one function an address. */
import { ask, at, query } from "../../http";
import type { Slice } from "./editor/slices";
import type { Query } from "./search/asked";
import type * as s from "./shapes";

const DAYS: readonly s.Days[] = ["valid_from", "valid_to", "review_due"];
const days = <T>(give: (day: s.Days) => T) => Object.fromEntries(DAYS.map((day) => [day, give(day)])) as Record<s.Days, T>;
const sent = (body: s.Body): s.Content => ({ ...body, ...days((day) => body[day] || null) });
const got = async (answer: Promise<s.Version>): Promise<s.Version> => {
  const version = await answer;
  const content = version.content as s.Content;
  return { ...version, content: { ...content, ...days((day) => content[day] ?? "") } };
};
const article = (id: string): string => `knowledge/articles/${at(id)}`;

export const kb = {
  search: ({ q, region, line, tag }: Query) => ask<s.Hit[]>("GET", `knowledge/search?${query({ q, region, line, tag })}`),
  choices: () => ask<s.Choices>("GET", "knowledge/choices"),

  version: (id: string, version = 0) => got(ask<s.Version>("GET", `${article(id)}?${query({ version: version || "" })}`)),
  articles: (asked: Partial<s.ListQuery>, offset = 0, limit = 50) =>
    ask<{ total: number; items: s.VersionRow[] }>("GET", `knowledge/articles?${query({ ...asked, offset, limit })}`),
  versions: (id: string) => ask<s.VersionRow[]>("GET", `${article(id)}/versions`),
  journal: (id: string) => ask<s.JournalEntry[]>("GET", `${article(id)}/journal`),
  compare: (id: string, a: number, b: number) => ask<s.Comparison>("GET", `${article(id)}/compare?${query({ a, b })}`),
  /** `key`: one an editor that was opened, so that sending it twice makes one article. */
  write: (body: s.Body, note: string, key: string) =>
    got(ask<s.Version>("POST", "knowledge/articles", { article: sent(body), note }, key)),
  rewrite: (id: string, base: number) => got(ask<s.Version>("POST", `${article(id)}/versions`, { base, note: "" })),
  edit: ({ id, version, seen }: Pick<s.Version, "id" | "version" | "seen">, body: s.Body, note: string) =>
    got(ask<s.Version>("PUT", `${article(id)}/versions/${version}`, { article: sent(body), note, seen })),
  act: (id: string, version: number, action: s.ActionName, given: s.ActInput) =>
    got(ask<s.Version>("POST", `${article(id)}/versions/${version}/acts/${action}`, given)),
  review: () => ask<s.ReviewQueue[]>("GET", "knowledge/review"),
  due: (days: number) => ask<s.VersionRow[]>("GET", `knowledge/due?${query({ days })}`),
  cut: (text: string) => ask<{ slices: Slice[] }>("POST", "knowledge/cut", { text }),

  importing: "/api/knowledge/imports",
  imports: (before = "") => ask<s.Import[]>("GET", `knowledge/imports?${query({ limit: 50, before })}`),
  import: (id: number | string, only: s.ItemFilter = "", offset = 0, limit = 50) =>
    ask<s.ImportPage>("GET", `knowledge/imports/${at(id)}?${query({ only, offset, limit })}`),
  editItem: (id: number, { n, seen }: Pick<s.Item, "n" | "seen">, row: s.Body) =>
    ask<s.Item>("PUT", `knowledge/imports/${id}/items/${n}`, { row, seen }),
  take: (id: number, chosen: { items: number[]; all: boolean; submit: boolean }) =>
    ask<{ taken: s.Taken[]; left: number; import: s.Import }>("POST", `knowledge/imports/${id}/take`, chosen),
  dropImport: (id: number) =>
    ask<{ dropped: number; kept: s.Kept[]; import: s.Import }>("DELETE", `knowledge/imports/${id}`),

  audits: () => ask<s.Audit[]>("GET", "knowledge/audits"),
  audit: (repair: boolean) => ask<s.Job>("POST", "knowledge/audits", { repair }),
  job: (id: number) => ask<s.Job>("GET", `knowledge/jobs/${id}`),
  exported: "/api/knowledge/export",
  restoring: "/api/knowledge/import-base",
  encoder: () => ask<s.EncoderState>("GET", "knowledge/encoder"),
  changeEncoder: (encoder: string) => ask<s.EncoderState>("POST", "knowledge/encoder", { encoder }),
};
