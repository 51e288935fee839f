/** Which cards stand where: nothing moves under the hand. */
import type { Card } from "./events";

/** Below this a card is noise. */
const LEAST = 0.05;

/**
 * The cards to show now. `held`: articles being read; they keep their place, whatever came in meanwhile.
 */
export function arrange(shown: readonly Card[], found: readonly Card[], held: ReadonlySet<string>, most = 3): Card[] {
  const kept = shown.map((card) => (held.has(card.article) ? card : null));
  const fresh = found.filter((card) => !held.has(card.article) && card.score >= LEAST);
  const out: Card[] = [];
  for (let place = 0; place < most; place += 1) {
    const card = kept[place] ?? fresh.shift();
    if (card) out.push(card);
  }
  return out;
}

export const REASONS = ["内容不相关", "内容已过期", "地区不符", "答得不全", "与政策不符", "市民不需要", "其他"];

/** The reason behind a key 1–7, or "". */
export const reason = (code: string): string => REASONS[Number(/^(?:Digit|Numpad)([1-7])$/.exec(code)?.[1] ?? 0) - 1] ?? "";

/** An answer without a card's text, as it was before the card was taken. */
export function without(answer: string, text: string): string {
  const at = answer.indexOf(text);
  if (at < 0) return answer;
  return [answer.slice(0, at), answer.slice(at + text.length)].map((part) => part.trim()).filter(Boolean).join("\n");
}
