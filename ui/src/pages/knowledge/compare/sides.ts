/** A comparison as it is shown: two sides, what stayed the same folded together. */
import type { SliceChange } from "../shapes";
import type { Piece } from "./diff";

const KINDS = { kept: "same", added: "added", removed: "removed" } as const;

/** Both sides of a slice's change; an empty one: it is not there. */
export function sides({ spans }: Pick<SliceChange, "spans">): { side: "old" | "new"; pieces: Piece[] }[] {
  const all = spans.map(({ kind, text }): Piece => ({ kind: KINDS[kind], text }));
  return [
    { side: "old", pieces: all.filter(({ kind }) => kind !== "added") },
    { side: "new", pieces: all.filter(({ kind }) => kind !== "removed") },
  ];
}

/** Where a slice stands, and under which clause. */
export function place({ clause_before, clause_after, before, after }: Omit<SliceChange, "kind" | "moved" | "spans">): string {
  const at = (number: number | null) => (number === null ? "" : `第 ${number + 1} 片`);
  const both = (old: string, now: string) => (old && now && old !== now ? `${old} → ${now}` : now || old);
  return [both(at(before), at(after)), both(clause_before, clause_after)].filter(Boolean).join("　");
}

/** Slices that changed, with runs of unchanged ones as their number; `whole`: all of them. */
export function folded(slices: readonly SliceChange[], whole: boolean): (SliceChange | number)[] {
  if (whole) return [...slices];
  const out: (SliceChange | number)[] = [];
  for (const one of slices) {
    const last = out.at(-1);
    if (one.kind !== "same" || one.moved) out.push(one);
    else if (typeof last === "number") out[out.length - 1] = last + 1;
    else out.push(1);
  }
  return out;
}
