/** What differs between two texts, character by character. */
import { diffChars } from "diff";

export interface Piece {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Edits up to which characters are compared; texts that differ more stand whole, old then new. */
const MOST = 600;
/** An equal stretch this short between two changes is read as part of them. */
const ISLAND = 1;

/** The texts as one row of pieces; what was removed stands before what was added in its place. */
export function pieces(before: string, after: string): Piece[] {
  const found = diffChars(before, after, { maxEditLength: MOST });
  if (!found) return whole(before, after);
  const raw = found.map(({ added, removed, value }): Piece => ({ kind: added ? "added" : removed ? "removed" : "same", text: value }));
  return grouped(raw);
}

const whole = (before: string, after: string): Piece[] =>
  [{ kind: "removed", text: before } as Piece, { kind: "added", text: after } as Piece].filter(({ text }) => text);

/** Changes side by side drawn together, islands of single characters within them as well. */
function grouped(raw: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  let removed = "";
  let added = "";
  const flush = () => {
    if (removed) out.push({ kind: "removed", text: removed });
    if (added) out.push({ kind: "added", text: added });
    removed = added = "";
  };
  raw.forEach(({ kind, text }, at) => {
    const island = kind === "same" && text.length <= ISLAND && at > 0 && at < raw.length - 1 && removed && added;
    if (kind !== "added" && (kind === "removed" || island)) removed += text;
    if (kind !== "removed" && (kind === "added" || island)) added += text;
    if (kind === "same" && !island) {
      flush();
      out.push({ kind, text });
    }
  });
  flush();
  return out;
}

/** How much of the longer text is the same, 0–1. */
export function likeness(found: readonly Piece[]): number {
  const count = (kind: Piece["kind"]) => found.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.text.length, 0);
  const same = count("same");
  const most = same + Math.max(count("added"), count("removed"));
  return most ? same / most : 1;
}
