/** One proposed article while it is changed: kept by the server as it is typed, with its findings made anew. */
import { computed, onBeforeUnmount, reactive, shallowRef } from "vue";
import { Saver, type SaveState } from "../../../saver";
import { kb } from "../api";
import { bodyOf, tidy } from "../editor/fields";
import type { Body, Item } from "../shapes";

export function useProposal(imported: () => number, item: () => Item, kept: (item: Item) => void) {
  /** What is typed and not kept yet. */
  const typed = shallowRef<Body | null>(null);
  const saving = reactive({ state: "clean" as SaveState, message: "" });
  const body = computed(() => typed.value ?? bodyOf(item().row));
  const saver = new Saver<Body>({
    edit: () => typed.value,
    send,
    told: () => Object.assign(saving, { state: saver.state, message: saver.message }),
  });

  async function send(now: Body) {
    const answer = await kb.editItem(imported(), item(), tidy(now));
    kept(answer);
    if (typed.value === now) typed.value = null;
  }

  function change(part: Partial<Body>) {
    typed.value = { ...body.value, ...part };
    saver.touch();
  }

  onBeforeUnmount(() => {
    void saver.flush();
    saver.stop();
  });
  return { body, change, saving, flush: () => saver.flush() };
}
