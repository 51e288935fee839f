/** The scorers as people call them, and their scores as bars. */
const NAMES: Record<string, string> = { characters: "字面", pinyin: "读音", vectors: "语义", reranker: "精排" };

export interface Bar {
  name: string;
  label: string;
  value: number;
  width: number;
}

/** `most`: the score that fills a bar; a score below the average has an empty one. */
export function bars(why: Record<string, number>, most: number): Bar[] {
  return Object.entries(why).map(([name, value]) => ({
    name,
    label: NAMES[name] ?? name,
    value,
    width: most > 0 ? Math.round(Math.max(0, Math.min(1, value / most)) * 100) : 0,
  }));
}

/** The highest score of all hits. */
export const highest = (hits: readonly { why?: Record<string, number> }[]): number =>
  Math.max(0, ...hits.flatMap((one) => Object.values(one.why ?? {})));
