/** The body of a configuration as the page edits it, and what differs between two of them. */
import type { ConfigurationColumn, ConfigurationDetail, ConfigurationVersion } from "../../api";

export type Value = string | number | boolean | string[];
export type Row = Record<string, Value>;
export type Body = string | Row | Row[];

export interface Change {
  what: "新增" | "删除" | "修改" | "移动";
  name: string;
  before: string;
  after: string;
}

/** A text of the server as a body: TOML stays text. */
export const read = (text: string, format: ConfigurationDetail["format"]): Body =>
  format === "toml" ? text : (JSON.parse(text) as Body);

/** The version that held when another came into effect, which is what taking it back restores; 0: the shipped one. */
export function earlier(versions: readonly ConfigurationVersion[], one: ConfigurationVersion): number {
  const held = versions.filter((other) => other.version < one.version && other.effective_from <= one.effective_from);
  const newest = held.toSorted((a, b) => b.effective_from.localeCompare(a.effective_from) || b.version - a.version);
  return newest[0]?.version ?? 0;
}

/** A value as people read it. */
export function shown(value: Value | undefined): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.join("、");
  return typeof value === "boolean" ? (value ? "是" : "否") : String(value);
}

/** What a row is known by: both levels of a matter, otherwise its first column. */
export function key(row: Row, columns: readonly ConfigurationColumn[]): string {
  if ("matter2" in row) return `${shown(row.matter1)}/${shown(row.matter2)}`;
  return shown(row[columns[0].name]);
}

/** A new row: what its columns hold at first. */
export function blank(columns: readonly ConfigurationColumn[]): Row {
  const first: Record<ConfigurationColumn["kind"], Value> = { text: "", switch: true, number: 1, choice: "", words: [] };
  return Object.fromEntries(columns.map((one) => [one.name, one.kind === "words" ? [] : (one.choices[0] ?? first[one.kind])]));
}

/** What was added, taken away and changed, in the order of the new body. */
export function differences(before: Body, after: Body, columns: readonly ConfigurationColumn[]): Change[] {
  if (typeof before === "string" || typeof after === "string") return lines(String(before), String(after));
  if (!Array.isArray(before) || !Array.isArray(after)) return fields(before as Row, after as Row, columns);
  return rows(before, after, columns);
}

function fields(before: Row, after: Row, columns: readonly ConfigurationColumn[]): Change[] {
  return columns
    .filter(({ name }) => shown(before[name]) !== shown(after[name]))
    .map(({ name, label }) => ({ what: "修改", name: label, before: shown(before[name]), after: shown(after[name]) }));
}

function rows(before: Row[], after: Row[], columns: readonly ConfigurationColumn[]): Change[] {
  const old = new Map(before.map((row) => [key(row, columns), row]));
  const now = new Set(after.map((row) => key(row, columns)));
  const changed = after.flatMap((row) => change(old.get(key(row, columns)), row, columns));
  const gone = before.filter((row) => !now.has(key(row, columns)));
  const all = [...changed, ...gone.map((row) => ({ what: "删除" as const, name: key(row, columns), before: told(row, columns), after: "" }))];
  if (all.length || before.every((row, i) => key(row, columns) === key(after[i], columns))) return all;
  return [{ what: "移动", name: "顺序", before: order(before, columns), after: order(after, columns) }];
}

function change(old: Row | undefined, row: Row, columns: readonly ConfigurationColumn[]): Change[] {
  const name = key(row, columns);
  if (!old) return [{ what: "新增", name, before: "", after: told(row, columns) }];
  const parts = fields(old, row, columns);
  if (!parts.length) return [];
  const side = (which: "before" | "after") => parts.map((one) => `${one.name}：${one[which] || "（空）"}`).join("；");
  return [{ what: "修改", name, before: side("before"), after: side("after") }];
}

const told = (row: Row, columns: readonly ConfigurationColumn[]): string =>
  columns.slice(1).map(({ name, label }) => `${label}：${shown(row[name]) || "（空）"}`).join("；");

const order = (all: Row[], columns: readonly ConfigurationColumn[]): string => all.map((row) => key(row, columns)).join("、");

/** Lines of two texts by their longest common sequence. */
function lines(before: string, after: string): Change[] {
  const old = before.split("\n");
  const now = after.split("\n");
  const common = table(old, now);
  const out: Change[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) [i, j] = [i + 1, j + 1];
    else if (j >= now.length || (i < old.length && common[i + 1][j] >= common[i][j + 1])) {
      if (old[i].trim()) out.push({ what: "删除", name: `原第 ${i + 1} 行`, before: old[i], after: "" });
      i += 1;
    } else {
      if (now[j].trim()) out.push({ what: "新增", name: `第 ${j + 1} 行`, before: "", after: now[j] });
      j += 1;
    }
  }
  return out;
}

function table(old: string[], now: string[]): Uint32Array[] {
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i][j] = old[i] === now[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  return common;
}
