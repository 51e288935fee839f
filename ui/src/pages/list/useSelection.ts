/** Which rows are selected, and on which one the keyboard stands. */
import { computed, nextTick, ref, shallowRef, watch } from "vue";
import type { Ticket } from "../../api";

const OPENED = "opened-ticket";

export function useSelection(rows: () => Ticket[]) {
  const chosen = shallowRef(new Set<number>());
  const cursor = ref(-1);
  const selected = computed(() => rows().filter((row) => chosen.value.has(row.id)));

  function toggle(id: number) {
    const now = new Set(chosen.value);
    if (!now.delete(id)) now.add(id);
    chosen.value = now;
  }

  function choose(ids: Iterable<number>) {
    chosen.value = new Set(ids);
  }

  function move(by: number) {
    cursor.value = Math.max(0, Math.min(rows().length - 1, cursor.value + by));
    void nextTick(() => document.querySelectorAll<HTMLElement>(".ticket-row")[cursor.value]?.focus());
  }

  /** Remember a ticket that is opened, so that the keyboard stands on it when one comes back. */
  const opening = (id: number) => sessionStorage.setItem(OPENED, String(id));

  watch(rows, (now, before) => {
    if (before?.length && now.length > before.length && now[0] === before[0]) return;
    choose(selected.value.map((row) => row.id));
    cursor.value = now.findIndex((row) => String(row.id) === sessionStorage.getItem(OPENED));
    if (cursor.value < 0) return;
    sessionStorage.removeItem(OPENED);
    move(0);
  });
  return { chosen, cursor, selected, toggle, choose, move, opening };
}
