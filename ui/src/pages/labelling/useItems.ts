/** The items of a queue, one after the other: the next ones are here before they are asked for, labels leave in the background. */
import { computed, onBeforeUnmount, ref, shallowRef, triggerRef } from "vue";
import { Refusal } from "../../http";
import { labelling } from "./labellingApi";
import type { LabelDone, LabelIn, LabelItem } from "./shapes";

const AHEAD = 12;
/** With fewer than these at hand, more are asked for. */
const FEW = 6;
const RENEW = 5 * 60_000;

/** `done`: told after each label that the server took. */
export function useItems(done: (how: LabelDone, item: LabelItem) => void) {
  const queue = ref("");
  const items = shallowRef<LabelItem[]>([]);
  const loading = ref(false);
  const problem = ref("");
  /** Labelled here, or on its way: the server may still name it among those that are held. */
  const gone = new Set<number>();
  const skipped = shallowRef(new Map<number, LabelItem>());
  /** When the items of this visit were done. */
  const moments = ref<number[]>([]);
  const item = computed<LabelItem | null>(() => items.value[0] ?? null);
  let line: Promise<unknown> = Promise.resolve();
  let asking = false;

  const known = (id: number) => gone.has(id) || skipped.value.has(id) || items.value.some((one) => one.id === id);
  const put = (now: LabelItem[]) => (items.value = now);

  async function refill() {
    if (asking) return;
    asking = true;
    loading.value = !items.value.length;
    const from = queue.value;
    try {
      const held = await labelling.next(from, AHEAD);
      if (from === queue.value) put([...items.value, ...held.filter((one) => !known(one.id))]);
    } catch (error) {
      if (from === queue.value) problem.value = (error as Error).message;
    }
    asking = false;
    loading.value = false;
    if (from !== queue.value) await refill();
  }

  /** Another queue; what is held of the last one is given back. */
  async function open(name: string) {
    giveBack();
    queue.value = name;
    problem.value = "";
    skipped.value = new Map();
    put([]);
    loading.value = true;
    await refill();
  }

  function giveBack() {
    const held = [...items.value.map((one) => one.id), ...skipped.value.keys()];
    if (held.length) void line.then(() => labelling.release(held)).catch(() => undefined);
  }

  function advance() {
    put(items.value.slice(1));
    if (items.value.length < FEW) void refill();
  }

  /** The label leaves; the next item is shown at once. */
  function label(given: LabelIn) {
    const now = item.value;
    if (!now) return;
    problem.value = "";
    gone.add(now.id);
    moments.value = [...moments.value, Date.now()].slice(-600);
    line = line.then(() => labelling.label(now.id, given).then((how) => done(how, now), (error: Error) => failed(now, given, error)));
    advance();
  }

  /** What did not get there comes again after the item in hand, as it was answered. */
  function failed(which: LabelItem, mine: LabelIn, error: Error) {
    problem.value = `上一条没有存上：${error.message}`;
    if (error instanceof Refusal && error.status === 409) return;
    gone.delete(which.id);
    const [first, ...rest] = items.value;
    put([...(first ? [first] : []), { ...which, mine }, ...rest]);
  }

  /** The last label is taken back and its item shown again. */
  async function undo() {
    await line;
    try {
      const back = await labelling.undo();
      gone.delete(back.id);
      moments.value = moments.value.slice(0, -1);
      problem.value = "";
      put([back, ...items.value.filter((one) => one.id !== back.id)]);
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }

  /** Leave it to others, or to later. */
  function skip() {
    const now = item.value;
    if (!now) return;
    skipped.value.set(now.id, now);
    triggerRef(skipped);
    void labelling.release([now.id]).catch(() => undefined);
    advance();
  }

  /** What was skipped is looked at once more. */
  async function revisit() {
    skipped.value = new Map();
    await refill();
  }

  const timer = setInterval(() => !document.hidden && items.value.length && void refill(), RENEW);
  onBeforeUnmount(() => {
    clearInterval(timer);
    giveBack();
  });
  return { queue, items, item, loading, problem, skipped, moments, open, refill, label, undo, skip, revisit };
}
