/** The rows of the list: a page, more pages behind it, the latest question alone answered. */
import { ref, shallowRef, watch } from "vue";
import { api, type Asked, type Ticket } from "../../api";
import { sortOf } from "./asked";

/** `asked`: null until it is known what to show. */
export function useTickets(asked: () => Asked | null) {
  const rows = shallowRef<Ticket[]>([]);
  const next = ref<string | null>(null);
  const loading = ref(true);
  const problem = ref("");
  let turn = 0;

  async function load(cursor = "") {
    const what = asked();
    if (!what) return;
    const mine = (turn += 1);
    loading.value = true;
    const page = await api.tickets({ ...what, sort: sortOf(what) }, cursor).catch((error: Error) => error);
    if (mine !== turn) return;
    loading.value = false;
    problem.value = page instanceof Error ? page.message || "工单没有读出来，请稍后重试" : "";
    if (page instanceof Error) return;
    rows.value = cursor ? [...rows.value, ...page.items] : page.items;
    next.value = page.next;
  }

  function more() {
    if (next.value && !loading.value) void load(next.value);
  }

  watch(
    () => JSON.stringify(asked()),
    () => {
      rows.value = [];
      next.value = null;
      void load();
    },
    { immediate: true },
  );
  return { rows, next, loading, problem, load, more };
}
