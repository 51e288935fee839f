/** What the list of articles is narrowed to, as the address keeps it. */
import type { ListQuery } from "../shapes";

const NAMES = ["q", "state", "mine", "department", "line", "due", "sort"] as const satisfies (keyof ListQuery)[];

export const SORTS: [string, string][] = [
  ["changed", "最近改动在前"],
  ["title", "按标题"],
  ["due", "先到期在前"],
];

export function read(query: string): ListQuery {
  const given = new URLSearchParams(query);
  return Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ""])) as unknown as ListQuery;
}

export function write(asked: ListQuery): string {
  return new URLSearchParams(NAMES.filter((name) => asked[name]).map((name) => [name, asked[name]])).toString();
}

export const narrowed = (asked: ListQuery): boolean => NAMES.some((name) => name !== "sort" && asked[name]);
