/** An answer drafted out of the knowledge base: sentences, each with the slices that it rests on. */
import { ask } from "../http";

export interface Cite {
  article: string;
  version: number;
  slice: number;
  clause: string;
  title: string;
  text: string;
}

export interface Sentence {
  text: string;
  cites: Cite[];
}

/** `by`: who worded it, "" where nothing was found; `notice`: what the agent should know. */
export interface Drafted {
  sentences: Sentence[];
  by: "extract" | "model" | "";
  notice: string;
}

export const drafted = (q: string): Promise<Drafted> => ask<Drafted>("POST", "knowledge/answer", { q });

const key = (cite: Cite): string => `${cite.article}:${cite.version}:${cite.slice}`;

/** Every slice once, in the order in which it is cited. */
export function sources(sentences: readonly Sentence[]): Cite[] {
  const met = new Map<string, Cite>();
  for (const cite of sentences.flatMap((one) => one.cites)) if (!met.has(key(cite))) met.set(key(cite), cite);
  return [...met.values()];
}

/** The numbers of a sentence's sources, from 1. */
export const numbers = (sentence: Sentence, all: readonly Cite[]): number[] =>
  sentence.cites.map((cite) => all.findIndex((one) => key(one) === key(cite)) + 1);

/** The answer as it goes into a ticket. */
export const spoken = (sentences: readonly Sentence[]): string => sentences.map((one) => one.text.trim()).join("");

/** Every article once. */
export function articles(sentences: readonly Sentence[]): Cite[] {
  const met = new Map<string, Cite>();
  for (const cite of sentences.flatMap((one) => one.cites)) if (!met.has(cite.article)) met.set(cite.article, cite);
  return [...met.values()];
}
