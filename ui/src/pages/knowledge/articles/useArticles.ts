/** The rows of the list, page by page. */
import { ref, shallowRef, watch } from "vue";
import { kb } from "../api";
import type { ListQuery, VersionRow } from "../shapes";

const PAGE = 50;

export function useArticles(asked: () => ListQuery) {
  const rows = shallowRef<VersionRow[]>([]);
  const total = ref(0);
  const loading = ref(false);
  const problem = ref("");
  let turn = 0;

  async function read(offset: number) {
    const now = ++turn;
    loading.value = true;
    try {
      const page = await kb.articles(asked(), offset, PAGE);
      if (now !== turn) return;
      rows.value = offset ? [...rows.value, ...page.items] : page.items;
      total.value = page.total;
      problem.value = "";
    } catch (error) {
      if (now === turn) problem.value = (error as Error).message;
    }
    if (now === turn) loading.value = false;
  }

  const load = () => read(0);
  const more = () => (rows.value.length < total.value && !loading.value ? read(rows.value.length) : undefined);
  watch(() => JSON.stringify(asked()), load, { immediate: true });
  return { rows, total, loading, problem, load, more };
}
