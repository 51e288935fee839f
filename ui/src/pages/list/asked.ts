/** What the list of tickets is narrowed to: between the address bar, the form and people's words. */
import type { Asked, Queue } from "../../api";
import { STATES } from "../../states";

export const LIGHTS: [string, string][] = [["red", "已超期"], ["amber", "将到期"], ["green", "期限内"]];
export const CHANNELS: [string, string][] = [
  ["phone", "电话"],
  ["web", "网页"],
  ["wechat", "微信"],
  ["sms", "短信"],
  ["email", "电子邮件"],
  ["counter", "窗口"],
];
export const SORTS: [string, string][] = [
  ["due", "期限近的在前"],
  ["newest", "新受理的在前"],
  ["updated", "新变动的在前"],
  ["urgent", "紧急的在前"],
];

const NOTHING: Asked = {
  queue: "", q: "", state: [], department: "", nature: "", district: "", urgency: "", channel: "",
  light: "", created_from: "", created_to: "", sort: "",
};

export const blank = (): Asked => ({ ...NOTHING, state: [] });

/** What a query of the address bar asks for; what it does not know is left out. */
export function read(query: string): Asked {
  const given = new URLSearchParams(query);
  const out = blank();
  for (const name of Object.keys(out) as (keyof Asked)[]) {
    if (name === "state") out.state = given.getAll("state");
    else out[name] = given.get(name) ?? "";
  }
  return out;
}

/** As a query. The queue is always named, "" for all tickets: an empty query is a list not chosen yet. */
export function write(asked: Asked): string {
  const out = new URLSearchParams({ queue: asked.queue });
  for (const [name, value] of Object.entries(asked)) {
    for (const one of [value].flat()) if (one && name !== "queue") out.append(name, one);
  }
  return out.toString();
}

/** What is asked for, without what is left open: as a saved view keeps it. */
export const told = (asked: Asked): Partial<Asked> =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value.length > 0));

/** Work is sorted by its due date, the whole by age, unless something else was chosen. */
export const sortOf = ({ sort, queue }: Asked): string => sort || (queue ? "due" : "newest");

/** A filter in people's words; `without`: what to change to be rid of it. */
export interface Narrowing {
  text: string;
  without: Partial<Asked>;
}

/** Every filter beside the queue. */
export function narrowings(asked: Asked): Narrowing[] {
  const out: Narrowing[] = [];
  const add = (text: string, without: Partial<Asked>) => text && out.push({ text, without });
  add(asked.q && `“${asked.q}”`, { q: "" });
  for (const one of asked.state) add(named(STATES, one), { state: asked.state.filter((other) => other !== one) });
  add(named(LIGHTS, asked.light), { light: "" });
  for (const name of ["urgency", "nature", "department", "district"] as const) add(asked[name], { [name]: "" });
  add(named(CHANNELS, asked.channel), { channel: "" });
  add(asked.created_from && `${asked.created_from} 起受理`, { created_from: "" });
  add(asked.created_to && `${asked.created_to} 止受理`, { created_to: "" });
  return out;
}

export const named = (pairs: [string, string][], value: string): string =>
  pairs.find(([name]) => name === value)?.[1] ?? value;

/** The number of a queue as people read it: what is beyond counting is 999+. */
export const total = ({ total, capped }: Pick<Queue, "total" | "capped">): string =>
  capped ? `${Math.min(total, 999)}+` : String(total);
