/** Articles that answer a question; what is asked again is not searched again. */
import { api } from "../../api";

export interface Found {
  article: string;
  title: string;
  text: string;
  issuer: string;
  slice: number;
}

const MOST = 40;

export function useFinder() {
  const kept = new Map<string, Promise<Found[]>>();

  function find(words: string): Promise<Found[]> {
    const asked = words.trim().slice(0, 200);
    const known = kept.get(asked);
    if (known) return known;
    const fresh = asked ? api.search(asked).then((cards) => cards.slice(0, 8).map(found)) : Promise.resolve([]);
    kept.set(asked, fresh);
    fresh.catch(() => kept.delete(asked));
    for (const old of [...kept.keys()].slice(0, -MOST)) kept.delete(old);
    return fresh;
  }

  return { find };
}

const found = (card: { article: string; title: string; text: string; issuer: string; slice?: number }): Found => ({
  article: card.article,
  title: card.title,
  text: card.text,
  issuer: card.issuer,
  slice: card.slice ?? -1,
});
