/** One file that was brought in: how far it is read, what it proposes, what of that is chosen. */
import { ElMessage } from "element-plus";
import { computed, onBeforeUnmount, ref, shallowRef } from "vue";
import { kb } from "../api";
import type { ImportPage, Item, ItemFilter } from "../shapes";

const PAGE = 50;
const POLL = 1000;

export function useProposals(id: string) {
  const page = shallowRef<ImportPage | null>(null);
  const items = shallowRef<Item[]>([]);
  const only = ref<ItemFilter>("");
  const problem = ref("");
  const busy = ref(false);
  /** What a person chose or left out, by number; the rest stands as the server proposes. */
  const said = shallowRef<ReadonlyMap<number, boolean>>(new Map());
  const reading = computed(() => page.value?.state === "reading");
  const openItems = computed(() => items.value.filter((one) => !one.taken));
  const isChosen = (item: Item): boolean => !item.taken && (said.value.get(item.n) ?? item.chosen);
  const chosen = computed(() => openItems.value.filter(isChosen));
  const left = computed(() => (page.value?.matching ?? 0) - items.value.length);
  let timer = 0;

  async function load() {
    clearTimeout(timer);
    try {
      const found = await kb.import(id, only.value, 0, PAGE);
      page.value = found;
      items.value = found.items;
      problem.value = "";
    } catch (error) {
      problem.value = (error as Error).message;
    }
    if (reading.value) timer = setTimeout(load, POLL) as unknown as number;
  }

  async function more() {
    const found = await attempt(() => kb.import(id, only.value, items.value.length, PAGE));
    if (found) items.value = [...items.value, ...found.items];
  }

  function narrow(to: ItemFilter) {
    only.value = to;
    void load();
  }

  function choose(item: Item, on: boolean) {
    if (!item.taken) said.value = new Map(said.value).set(item.n, on);
  }

  const chooseAll = (on: boolean) => (said.value = new Map([...said.value, ...openItems.value.map((one) => [one.n, on] as const)]));

  /** An item as the server has kept it. */
  const put = (item: Item) => (items.value = items.value.map((one) => (one.n === item.n ? item : one)));

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    if (busy.value) return null;
    busy.value = true;
    try {
      return await work();
    } catch (error) {
      ElMessage.error({ message: (error as Error).message, duration: 8000 });
      return null;
    } finally {
      busy.value = false;
    }
  }

  /** `all`: every one that nothing speaks against, also those not listed. How many were taken. */
  async function take(all: boolean, submit: boolean): Promise<number> {
    const numbers = all ? [] : chosen.value.map((one) => one.n);
    let many = 0;
    for (let more = true; more; ) {
      const done = await attempt(() => kb.take(Number(id), { items: numbers, all, submit }));
      many += done?.taken.length ?? 0;
      more = all && !!done?.left && done.taken.length > 0; // so many at a time
    }
    if (many) await load();
    return many;
  }

  /** Forget it, or take its drafts back. */
  async function drop() {
    const done = await attempt(() => kb.dropImport(Number(id)));
    if (done) await load();
    return done;
  }

  onBeforeUnmount(() => clearTimeout(timer));
  void load();
  return { page, items, only, problem, busy, reading, chosen, left, isChosen, load, more, narrow, choose, chooseAll, put, take, drop };
}
