/** What is searched for, as the address keeps it. */
export interface Query {
  q: string;
  region: string;
  line: string;
  tag: string[];
}

export const nothing = (): Query => ({ q: "", region: "", line: "", tag: [] });

export function read(query: string): Query {
  const given = new URLSearchParams(query);
  const one = (name: string) => given.get(name) ?? "";
  return { q: one("q"), region: one("region"), line: one("line"), tag: given.getAll("tag") };
}

export function write({ q, region, line, tag }: Query): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries({ q, region, line })) if (value) out.set(name, value);
  for (const one of tag) out.append("tag", one);
  return out.toString();
}

/** Whether anything narrows the search. */
export const narrowed = ({ region, line, tag }: Query): boolean => !!(region || line || tag.length);
