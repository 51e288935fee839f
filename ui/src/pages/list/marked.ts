/** Where a ticket holds the words that were searched for. */
import type { Ticket } from "../../api";
import { shared } from "../../words";

export type Part = { text: string; said: boolean };
const BEFORE = 12;
const LONGEST = 60;
const BODY = ["content", "request", "address", "party_concerned", "reply", "answer"] as const;

const latin = (word: string): boolean => /^[\w-]+$/.test(word);

/** Numbers and Latin words count as a whole, Chinese from two characters on, as the search itself does. */
const least = (word: string): number => (latin(word) ? word.length : Math.min(2, word.length));

/** A text cut into parts; `said`: was searched for. */
export function marked(text: string, words: string): Part[] {
  return words
    .split(/\s+/)
    .filter(Boolean)
    .reduce<Part[]>(
      (parts, word) => parts.flatMap((part) => (part.said ? [part] : shared(part.text, word, least(word)))),
      [{ text, said: false }],
    );
}

/** A ticket's number: digits within Chinese words are about something else. */
export const markedNumber = (number: string, words: string): Part[] =>
  marked(number, words.split(/\s+/).filter(latin).join(" "));

/** A piece of the ticket's longer texts around the longest hit; null where none holds the words. */
export function snippet(ticket: Pick<Ticket, (typeof BODY)[number]>, words: string): Part[] | null {
  let best = "";
  let found = 0;
  for (const text of BODY.map((name) => ticket[name] ?? "")) {
    const longest = Math.max(0, ...marked(text, words).filter((part) => part.said).map((part) => part.text.length));
    if (longest > found) [best, found] = [text, longest];
  }
  return found ? marked(around(best, words, found), words) : null;
}

function around(text: string, words: string, length: number): string {
  let at = 0;
  for (const part of marked(text, words)) {
    if (part.said && part.text.length === length) break;
    at += part.text.length;
  }
  const from = Math.max(0, at - BEFORE);
  const cut = text.slice(from, from + LONGEST).replace(/\s+/g, " ");
  return `${from ? "…" : ""}${cut}${from + LONGEST < text.length ? "…" : ""}`;
}
