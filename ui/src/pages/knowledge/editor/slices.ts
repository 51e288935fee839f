/** Slices while they are edited: split, join, move, and what of them is too long. Each step gives a new list. */
export interface Slice {
  text: string;
  clause: string;
}

/** Characters of a slice: what an agent takes in, and what an encoder sees whole. */
export const LONGEST = 480;

/** Where the cursor goes after a step: the slice and the place in its text. */
export interface Step {
  slices: Slice[];
  at: number;
  caret: number;
}

const CLAUSE = /^\s*(第[零〇一二三四五六七八九十百千0-9]+条(?:之[零〇一二三四五六七八九十百千0-9]+)?)/;

export const empty = (): Slice => ({ text: "", clause: "" });

/** The clause number that a text begins with, else `own`. */
const clauseOf = (text: string, own: string): string => CLAUSE.exec(text)?.[1] ?? own;

const swapped = (slices: readonly Slice[], at: number, many: number, ...by: Slice[]): Slice[] => [
  ...slices.slice(0, at),
  ...by,
  ...slices.slice(at + many),
];

/** Cut a slice in two at the caret; the second stands under its own clause where it begins with one. */
export function split(slices: readonly Slice[], at: number, caret: number): Step {
  const { text, clause } = slices[at];
  const rest = text.slice(caret).trimStart();
  const first = { text: text.slice(0, caret).trimEnd(), clause };
  return { slices: swapped(slices, at, 1, first, { text: rest, clause: clauseOf(rest, clause) }), at: at + 1, caret: 0 };
}

/** Join a slice to the one before it; the caret stands at the seam. The first stays as it is. */
export function join(slices: readonly Slice[], at: number): Step {
  if (!at) return { slices: [...slices], at, caret: 0 };
  const [before, now] = [slices[at - 1], slices[at]];
  const seam = before.text && now.text ? "\n" : "";
  const one = { text: before.text + seam + now.text, clause: before.clause || now.clause };
  return { slices: swapped(slices, at - 1, 2, one), at: at - 1, caret: before.text.length };
}

/** Move a slice up (-1) or down (1), as far as there is room. */
export function move(slices: readonly Slice[], at: number, by: -1 | 1): Step {
  const to = at + by;
  if (to < 0 || to >= slices.length) return { slices: [...slices], at, caret: 0 };
  const out = [...slices];
  [out[at], out[to]] = [out[to], out[at]];
  return { slices: out, at: to, caret: 0 };
}

/** A new empty slice behind one. */
export const add = (slices: readonly Slice[], at: number): Step => ({
  slices: swapped(slices, at + 1, 0, empty()),
  at: at + 1,
  caret: 0,
});

/** Take a slice out; the last one is emptied instead. */
export function remove(slices: readonly Slice[], at: number): Step {
  const rest = swapped(slices, at, 1);
  return { slices: rest.length ? rest : [empty()], at: Math.max(0, Math.min(at, rest.length - 1)), caret: 0 };
}

/** Put proposed slices where one is: an empty one gives way, one with text stays before them. */
export function place(slices: readonly Slice[], at: number, proposed: readonly Slice[]): Step {
  const kept = slices[at].text.trim() ? [slices[at]] : [];
  return { slices: swapped(slices, at, 1, ...kept, ...proposed), at: at + kept.length, caret: 0 };
}

/** How long a slice is, as the server counts: code points. */
export const length = (text: string): number => [...text].length;

/** A pasted text that is better cut: longer than a slice, or of several clauses. */
export function worthCutting(text: string): boolean {
  return length(text) > LONGEST || text.split("\n").filter((line) => CLAUSE.test(line)).length > 1;
}
