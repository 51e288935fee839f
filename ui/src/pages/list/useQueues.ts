/** The queues of this role with how many tickets wait in each, counted again now and then. */
import { onBeforeUnmount, ref, shallowRef } from "vue";
import { api, type Queue } from "../../api";

const EVERY = 30000;

export function useQueues() {
  const queues = shallowRef<Queue[]>([]);
  const counted = ref(false);
  /** The time that remaining time is reckoned from. */
  const now = ref(Date.now());

  async function count() {
    now.value = Date.now();
    queues.value = await api.queues().catch(() => queues.value);
    counted.value = true;
  }

  const timer = setInterval(() => !document.hidden && void count(), EVERY);
  onBeforeUnmount(() => clearInterval(timer));
  void count();
  return { queues, counted, now, count };
}
