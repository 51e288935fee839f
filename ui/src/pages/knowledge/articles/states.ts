/** How the states of a version look, and what its dates say today. */
const TONES: Record<string, string> = {
  draft: "warn",
  first_review: "info",
  review: "info",
  approved: "info",
  live: "good",
  withdrawn: "bad",
  expired: "bad",
};

export const tone = (state: string): string => TONES[state] ?? "";

export interface Badge {
  text: string;
  tone: string;
}

const DAY = 86400000;
const SOON = 30;

const days = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** What a live version's dates ask for. Days as text. */
export function badges({ live, review_due, valid_from, valid_to }: { live: boolean; review_due: string; valid_from: string; valid_to: string }, today: string): Badge[] {
  if (!live) return [];
  const out: Badge[] = [];
  if (valid_from > today) out.push({ text: `${valid_from} 生效`, tone: "info" });
  if (valid_to && days(today, valid_to) <= SOON) out.push({ text: `有效期到 ${valid_to}`, tone: "warn" });
  const left = review_due ? days(today, review_due) : SOON + 1;
  if (left < 0) out.push({ text: `复核超期 ${-left} 天`, tone: "bad" });
  else if (left === 0) out.push({ text: "今天复核到期", tone: "bad" });
  else if (left <= SOON) out.push({ text: `${left} 天后复核到期`, tone: "warn" });
  return out;
}
