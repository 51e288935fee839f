/** The cards beside the conversation: shown, taken, refused, searched for. */
import { computed, reactive, ref, shallowRef, watch } from "vue";
import { api, type Cited, type FoundCard } from "../api";
import { arrange, without } from "../cards";
import type { Card } from "../events";
import { prefs } from "../prefs";
import { attempt } from "./useCall";
import type { useTicket } from "./useTicket";

export interface Taken extends Cited {
  title: string;
  text: string;
}

/** `current`: the call; `incoming`: the cards that it suggests now. */
export function useCards(
  current: () => string,
  incoming: () => Card[],
  taken: Map<string, Taken>,
  ticket: Pick<ReturnType<typeof useTicket>, "draft" | "change" | "done">,
) {
  const shown = shallowRef<Card[]>([]);
  const refused = reactive(new Set<string>());
  const reading = ref("");
  const frozen = ref(false);
  const refusing = ref<Card | null>(null);
  /** The last card that was refused, to be taken back. */
  const dropped = shallowRef<Card | null>(null);
  const query = ref("");
  /** The words that were searched for last. */
  const asked = ref("");
  const found = shallowRef<FoundCard[] | null>(null);

  /** Held are the cards being read, and all of them while Alt is down: the hand is on its way. */
  function settle() {
    const kept = shown.value.filter((card) => !refused.has(card.article));
    const held = frozen.value ? kept.map((card) => card.article) : [reading.value, refusing.value?.article ?? ""];
    const good = incoming().filter((card) => !refused.has(card.article));
    shown.value = arrange(kept, good, new Set(held));
  }
  watch([incoming, reading, refusing, frozen, () => refused.size], settle);
  const visible = computed<FoundCard[]>(() => found.value ?? (prefs.quiet ? shown.value.slice(0, 1) : shown.value));

  function reset() {
    shown.value = [];
    refused.clear();
    taken.clear();
    refusing.value = dropped.value = null;
    closeSearch();
  }

  /** What was taken and refused before a reload. */
  async function recall() {
    const call = current();
    const before = await api.decisions(call).catch(() => []);
    if (call !== current()) return;
    const latest = new Map(before.map((one) => [one.article, one]));
    for (const { article, version, decision } of latest.values()) {
      if (decision === "refused") refused.add(article);
      if (decision !== "taken") continue;
      const read = await api.article(article).catch(() => null);
      taken.set(article, { article, version, title: read?.title ?? article, text: read?.body ?? "" });
    }
  }

  /** Take a card, or take that back. */
  async function take(card: Card | undefined) {
    if (!card || !current() || ticket.done.value) return;
    if (taken.has(card.article)) return withdraw(card.article);
    const { article, version, title, text } = card;
    taken.set(article, { article, version, title, text });
    ticket.change((draft) => draft.write("answer", [draft.form.answer.trim(), text].filter(Boolean).join("\n")));
    await attempt(() => api.decide(current(), card, "taken"));
  }

  /** Put a drafted answer into the ticket's; the articles that it rests on are cited. */
  async function compose(text: string, cites: readonly (Cited & { title: string })[]) {
    if (!current() || ticket.done.value) return;
    ticket.change((draft) => draft.write("answer", [draft.form.answer.trim(), text].filter(Boolean).join("\n")));
    for (const { article, version, title } of cites) {
      if (taken.has(article)) continue;
      taken.set(article, { article, version, title, text: "" });
      await attempt(() => api.decide(current(), { article, version }, "taken"));
    }
  }

  function withdraw(article: string) {
    const card = ticket.done.value ? undefined : taken.get(article);
    if (!card) return;
    untake(card);
    void attempt(() => api.decide(current(), card, "withdrawn"));
  }

  /** Out of the citations and, where the agent left it as it was, out of the answer. */
  function untake({ article, text }: Taken) {
    taken.delete(article);
    if (text) ticket.change((draft) => draft.write("answer", without(draft.form.answer, text)));
  }

  async function refuse(why: string) {
    const card = refusing.value;
    refusing.value = null;
    if (!card || !why) return;
    const before = taken.get(card.article);
    if (before) untake(before);
    refused.add(card.article);
    dropped.value = card;
    found.value = found.value?.filter((one) => one.article !== card.article) ?? null;
    await attempt(() => api.decide(current(), card, "refused", why));
  }

  /** A refusal was a slip: the card may come up again. */
  async function readmit() {
    const card = dropped.value;
    dropped.value = null;
    if (!card) return;
    refused.delete(card.article);
    await attempt(() => api.decide(current(), card, "withdrawn"));
  }

  async function search() {
    const words = query.value.trim();
    if (!words) return closeSearch();
    await attempt(async () => {
      found.value = await api.search(words);
      asked.value = words;
    });
  }

  function closeSearch() {
    found.value = null;
    query.value = "";
  }

  return {
    visible, taken, refusing, dropped, reading, frozen, query, asked, found,
    reset, recall, take, compose, withdraw, refuse, readmit, search, closeSearch,
  };
}
