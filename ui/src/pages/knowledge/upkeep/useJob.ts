/** Work on the server that takes a while: begun, watched until it is over. */
import { onBeforeUnmount, ref, shallowRef } from "vue";
import { kb } from "../api";
import type { Job } from "../shapes";

const POLL = 700;

/** `over`: called once when it is over, whichever way. */
export function useJob(over: (job: Job) => void) {
  const job = shallowRef<Job | null>(null);
  const problem = ref("");
  let timer = 0;

  function watch(now: Job) {
    clearTimeout(timer);
    job.value = now;
    problem.value = "";
    if (now.state === "running") timer = setTimeout(() => void look(now.id), POLL) as unknown as number;
    else over(now);
  }

  async function look(id: number) {
    try {
      watch(await kb.job(id));
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }

  async function begin(work: () => Promise<Job>) {
    problem.value = "";
    try {
      watch(await work());
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }

  onBeforeUnmount(() => clearTimeout(timer));
  return { job, problem, begin, watch };
}
