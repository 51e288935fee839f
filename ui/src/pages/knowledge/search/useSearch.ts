/** A search, what it found and what is read of it. The address keeps both, so that going back comes back. */
import { computed, ref, shallowRef, watch } from "vue";
import { replace } from "../../../route";
import { kb } from "../api";
import type { Choices, Hit, Version } from "../shapes";
import { nothing, type Query, read, write } from "./asked";

/** `address`: the article that is read and what was asked, out of the address. */
export function useSearch(address: () => { id: string; query: string }) {
  const words = ref("");
  const filter = shallowRef<Omit<Query, "q">>(nothing());
  const hits = shallowRef<Hit[] | null>(null);
  const problem = ref("");
  const busy = ref(false);
  const article = shallowRef<Version | null>(null);
  const missing = ref("");
  const choices = shallowRef<Choices>({ states: [], regions: [], lines: [], tags: [], issuers: [] });
  const asked = computed(() => read(address().query));
  const at = computed(() => hits.value?.findIndex((one) => one.article === address().id) ?? -1);
  /** What was found, by what was asked for it. */
  let found = "";

  const place = (id: string, query: string) => replace(`knowledge/search${id ? `/${encodeURIComponent(id)}` : ""}${query ? `?${query}` : ""}`);

  function ask() {
    const q = words.value.trim();
    const query = q ? write({ ...filter.value, q }) : "";
    if (query && query === address().query) return void search(query);
    place("", query);
  }

  async function search(query: string) {
    found = query;
    problem.value = "";
    if (!asked.value.q) return void (hits.value = null);
    busy.value = true;
    try {
      const answer = await kb.search(asked.value);
      if (found !== query) return;
      hits.value = answer;
      if (answer[0]?.sure && !address().id) place(answer[0].article, query);
    } catch (error) {
      if (found === query) [hits.value, problem.value] = [[], (error as Error).message];
    }
    busy.value = false;
  }

  async function open(id: string) {
    missing.value = "";
    if (!id) return void (article.value = null);
    try {
      const got = await kb.version(id);
      if (address().id === id) article.value = got;
    } catch (error) {
      if (address().id === id) [article.value, missing.value] = [null, (error as Error).message];
    }
  }

  /** What was published or withdrawn meanwhile shows. */
  const again = () => Promise.all([search(address().query), open(address().id)]);

  const show = (id: string) => place(id, address().query);

  /** The next hit, or the one before. */
  function move(by: number) {
    const next = hits.value?.[Math.max(0, Math.min(hits.value.length - 1, at.value + by))];
    if (next) show(next.article);
  }

  watch(
    () => address().query,
    (query) => {
      const { q, ...rest } = read(query);
      words.value = q;
      filter.value = rest;
      if (query !== found || hits.value === null) void search(query);
    },
    { immediate: true },
  );
  watch(() => address().id, open, { immediate: true });
  kb.choices().then((got) => (choices.value = got), () => undefined);

  return { words, filter, hits, problem, busy, article, missing, choices, asked, at, ask, show, move, again };
}
