/** Texts cut at the stretches that are to be highlighted. */
export interface Span {
  start: number;
  end: number;
}

/** Spans as the search gives them. */
export const spans = (pairs: readonly (readonly [number, number])[]): Span[] => pairs.map(([start, end]) => ({ start, end }));

export interface Piece {
  text: string;
  on: boolean;
}

/** A text in pieces; spans count code points, as the server does, and may overlap or reach past the end. */
export function pieces(text: string, spans: readonly Span[]): Piece[] {
  const points = [...text];
  const out: Piece[] = [];
  const add = (from: number, to: number, on: boolean) => {
    const part = points.slice(from, to).join("");
    if (!part) return;
    const last = out.at(-1);
    if (last?.on === on) last.text += part;
    else out.push({ text: part, on });
  };
  let at = 0;
  for (const { start, end } of [...spans].sort((one, other) => one.start - other.start)) {
    const from = Math.max(at, start);
    if (end <= from) continue;
    add(at, from, false);
    add(from, end, true);
    at = end;
  }
  add(at, points.length, false);
  return out;
}

/** Spans of a stretch as spans of the slice that holds it; none where it does not. */
export function within(slice: string, stretch: string, spans: readonly Span[]): Span[] {
  const at = stretch ? slice.indexOf(stretch) : -1;
  if (at < 0) return [];
  const before = [...slice.slice(0, at)].length;
  return spans.map(({ start, end }) => ({ start: start + before, end: end + before }));
}
