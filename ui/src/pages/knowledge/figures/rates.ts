/** Rates out of counts: nothing is claimed where nothing was counted. */
import type { FigureWeek } from "../usageShapes";

/** The share that is asked for (热线百科引用率). */
export const GOAL = 0.8;

export const rate = (part: number, of: number): number | null => (of ? part / of : null);

/** In per cent with one place; "—" where nothing was counted. */
export const percent = (value: number | null): string => (value === null ? "—" : `${(value * 100).toFixed(1)}%`);

/** Citations by week: inserted among all calls, said among those with words of the agent. */
export const cited = (weeks: readonly FigureWeek[]) =>
  weeks.map((week) => ({ week: week.week_start, inserted: rate(week.inserted, week.calls), said: rate(week.said, week.measured) }));

/** How sure a share is (Wilson, 95 %), in words; "" where nothing was counted. */
export function interval(part: number, of: number): string {
  if (!of) return "";
  const z = 1.96;
  const share = part / of;
  const middle = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of);
  return `${percent(Math.max(0, middle - half))} 至 ${percent(Math.min(1, middle + half))}`;
}
