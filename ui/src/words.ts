/** Texts cut for the screen: marks, phrases, what a card shares with the conversation. */
import type { Heard } from "./events";

export interface Piece {
  text: string;
  kind: "" | "repaired" | "doubtful";
  before: string;
}

/** An utterance cut into phrases (at its punctuation), each cut at its marks. */
export function phrases(heard: Pick<Heard, "text" | "marks">): Piece[][] {
  const out: Piece[][] = [];
  let at = 0;
  for (const phrase of heard.text.match(/[^，。？！；、,?!;]+[，。？！；、,?!;]*|[，。？！；、,?!;]+/g) ?? []) {
    out.push(pieces(heard, at, at + phrase.length));
    at += phrase.length;
  }
  return out;
}

function pieces({ text, marks }: Pick<Heard, "text" | "marks">, from: number, to: number): Piece[] {
  const out: Piece[] = [];
  let at = from;
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    const start = Math.max(mark.start, at);
    const end = Math.min(mark.end, to);
    if (start >= end || ![...text.slice(start, end)].some(isWord)) continue;
    if (start > at) out.push({ text: text.slice(at, start), kind: "", before: "" });
    out.push({ text: text.slice(start, end), kind: mark.kind, before: mark.before });
    at = end;
  }
  if (at < to) out.push({ text: text.slice(at, to), kind: "", before: "" });
  return out;
}

/** A phrase as it goes into a field: no punctuation at its ends. */
export const bare = (text: string): string => text.replace(/^[\s，。？！；、,.?!;]+|[\s，。？！；、,.?!;]+$/g, "");

/** `text` cut into parts; `said`: the words (three characters or more) that were said as well. */
export function shared(text: string, said: string, least = 3): { text: string; said: boolean }[] {
  const out: { text: string; said: boolean }[] = [];
  const add = (part: string, known: boolean) => {
    const last = out.at(-1);
    if (last && last.said === known) last.text += part;
    else out.push({ text: part, said: known });
  };
  let at = 0;
  while (at < text.length) {
    let end = at;
    while (end < text.length && isWord(text[end]) && said.includes(text.slice(at, end + 1))) end += 1;
    if (end - at >= least) {
      add(text.slice(at, end), true);
      at = end;
    } else {
      add(text[at], false);
      at += 1;
    }
  }
  return out;
}

const isWord = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);

/** Where the quoted words stand in an utterance; null when it does not hold them. */
export function quoted(text: string, quote: string): [number, number] | null {
  const at = quote ? text.indexOf(quote) : -1;
  return at < 0 ? null : [at, at + quote.length];
}
