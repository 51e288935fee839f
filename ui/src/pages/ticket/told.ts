/** What a journal entry says beyond its action, in words. */
import type { Cited, Entry, Input } from "../../api";
import { when } from "../../say";

export interface Line {
  label: string;
  text: string;
}

/** Told by the entry's reason already. */
const SAID = new Set(["reason", "note"]);
const UNITS: Record<string, string> = { days: " 个工作日", level: " 级" };
const CLOCKS: Record<string, string> = {
  sign: "签收期限", contact: "联系期限", handle: "办理期限", return: "退单期限",
  report: "报送期限", rework: "重办期限", callback: "回访期限", review: "复核期限",
};
const RELATIONS: Record<string, string> = { merged: "并入的工单", unmerged: "撤出的工单" };
/** Made by the system while people work: hidden where only people's moves are asked for. */
const QUIET = new Set(["fill", "upgrade"]);
const EDITS = new Set(["edit", "release"]);

type Names = Readonly<Record<string, Pick<Input, "label">>>;
type Details = { inputs?: Record<string, unknown>; clocks?: Record<string, { due_at: string }> } & Record<string, unknown>;

/** Lines under an entry: what was given with the move, the clocks that it set, the fields that it changed. */
export function lines(entry: Entry, names: Names): Line[] {
  const { inputs = {}, clocks = {}, ...rest } = entry.details as Details;
  return [...edited(entry, names), ...inputLines(inputs, names), ...others(rest), ...clockLines(clocks)];
}

const inputLines = (inputs: Record<string, unknown>, names: Names): Line[] =>
  Object.entries(inputs)
    .filter(([name]) => !SAID.has(name))
    .map(([name, value]) => ({ label: names[name]?.label ?? name, text: words(value) + (UNITS[name] ?? "") }))
    .filter(({ text }) => text);

const clockLines = (clocks: Record<string, { due_at: string }>): Line[] =>
  Object.entries(clocks).map(([clock, { due_at }]) => ({ label: CLOCKS[clock] ?? clock, text: when(due_at) }));

const others = (rest: Record<string, unknown>): Line[] =>
  Object.entries(rest)
    .filter(([name]) => name in RELATIONS)
    .map(([name, value]) => ({ label: RELATIONS[name], text: words(value) }));

function edited({ action, changes }: Entry, names: Names): Line[] {
  if (!EDITS.has(action)) return [];
  return Object.keys(changes)
    .filter((name) => names[name])
    .map((name) => ({ label: names[name].label, text: words(changes[name]) || "（清空）" }));
}

/** A value as people read it. */
export function words(value: unknown): string {
  if (typeof value === "boolean") return value ? "是" : "否";
  if (Array.isArray(value)) return value.map((one) => words(one)).join("、");
  if (value && typeof value === "object") return cited(value as Cited);
  return value === null || value === undefined ? "" : String(value);
}

const cited = ({ article, version }: Cited): string => `${article} 第 ${version} 版`;

export interface Told {
  entry: Entry;
  times: number;
}

/** The entries to show, many small ones of a kind drawn as one; `all`: the system's own as well. */
export function told(entries: readonly Entry[], all: boolean): Told[] {
  const out: Told[] = [];
  for (const entry of entries) {
    if (!all && QUIET.has(entry.action)) continue;
    const last = out.at(-1);
    if (last && joined(last.entry, entry)) out[out.length - 1] = { entry: merged(last.entry, entry), times: last.times + 1 };
    else out.push({ entry, times: 1 });
  }
  return out;
}

const joined = (one: Entry, other: Entry): boolean =>
  (QUIET.has(other.action) || EDITS.has(other.action)) && one.action === other.action && one.actor === other.actor;

const merged = (one: Entry, other: Entry): Entry => ({ ...other, changes: { ...one.changes, ...other.changes } });
