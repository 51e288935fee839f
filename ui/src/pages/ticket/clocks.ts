/** The time limits of a ticket as the page shows them. */
import type { ClockOut, Light } from "../../api";

const TONES: Record<Light, string> = { red: "bad", amber: "warn", green: "good", "": "" };

/** The colour of a light. */
export const lit = (light: Light): string => TONES[light];

/** The running ones first, the soonest due at the top. */
export const ordered = (clocks: readonly ClockOut[]): ClockOut[] =>
  [...clocks].sort((a, b) => Number(!!a.done_at) - Number(!!b.done_at) || a.due_at.localeCompare(b.due_at));
