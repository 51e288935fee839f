/** The queues of labelling with what waits in each, counted again now and then. */
import { onBeforeUnmount, ref, shallowRef } from "vue";
import { labelling } from "./labellingApi";
import type { LabelDone, LabelQueue } from "./shapes";

const EVERY = 30_000;

export function useQueues() {
  const queues = shallowRef<LabelQueue[]>([]);
  const counted = ref(false);
  const problem = ref("");

  async function count() {
    await labelling.queues().then(
      (now) => {
        queues.value = now;
        problem.value = "";
      },
      (error: Error) => (problem.value = error.message),
    );
    counted.value = true;
  }

  /** What the server says after a label counts at once. */
  function told(name: string, { done_today, remaining }: LabelDone) {
    queues.value = queues.value.map((one) => (one.name === name ? { ...one, done_today, waiting: remaining } : one));
  }

  /** New work is looked for once, when the page opens. */
  async function begin() {
    await count();
    const { added } = await labelling.collect().catch(() => ({ added: {} }));
    if (Object.values(added).some(Boolean)) await count();
  }

  const timer = setInterval(() => !document.hidden && void count(), EVERY);
  onBeforeUnmount(() => clearInterval(timer));
  void begin();
  return { queues, counted, problem, count, told };
}
