/** What a number asked for before. */
import type { Ticket } from "./api";

const RECENT = 30 * 86400000;

/** Open tickets of the last 30 days on the same matter: probably the same request again. */
export function duplicates(history: readonly Ticket[], matter2: string, now = Date.now()): Set<number> {
  const same = history.filter(
    (one) => matter2 && one.matter2 === matter2 && one.state !== "closed" && now - Date.parse(one.created_at) < RECENT,
  );
  return new Set(same.map((one) => one.id));
}
