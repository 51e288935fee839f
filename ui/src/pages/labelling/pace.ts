/** How fast somebody labels: told calmly, from the last few minutes, breaks left out. */

const WINDOW = 10 * 60_000;
/** A longer pause is a break, not slowness. */
const BREAK = 90_000;
const LEAST = 5;

/** Items an hour at the moments (milliseconds, ascending) at which items were done; 0: too few to say. */
export function pace(moments: readonly number[], now: number): number {
  const recent = moments.filter((at) => now - at <= WINDOW);
  if (recent.length < LEAST) return 0;
  const steps = recent.slice(1).map((at, i) => Math.min(at - recent[i], BREAK));
  const spent = steps.reduce((sum, step) => sum + step, 0);
  return spent ? Math.round((steps.length * 3_600_000) / spent) : 0;
}
