/** The queues of what waits for this user; one item is open, and the next opens by itself when it is decided. */
import { ElMessage } from "element-plus";
import { computed, ref, shallowRef, watch } from "vue";
import { replace } from "../../../route";
import { kb } from "../api";
import type { Action, Comparison, ReviewQueue, Version, VersionRow } from "../shapes";

const FORWARD = ["pass", "approve", "publish", "confirm", "submit"];

/** `name`: the queue in the address. */
export function useReview(name: () => string) {
  const queues = shallowRef<ReviewQueue[]>([]);
  const loaded = ref(false);
  const problem = ref("");
  const busy = ref(false);
  const version = shallowRef<Version | null>(null);
  const comparison = shallowRef<Comparison | null>(null);
  const chosen = ref("");
  const queue = computed(() => queues.value.find((one) => one.name === name()) ?? queues.value.find((one) => one.count) ?? queues.value[0]);
  const items = computed(() => queue.value?.items ?? []);
  const keyOf = (row: Pick<VersionRow, "article" | "version">) => `${row.article}:${row.version}`;
  const current = computed(() => items.value.find((one) => keyOf(one) === chosen.value) ?? items.value[0]);
  const forward = computed(() => version.value?.actions.find((one) => FORWARD.includes(one.name)));
  const back = computed(() => version.value?.actions.find((one) => one.name === "send_back"));
  /** Why nothing can be decided here. */
  const why = computed(() => (version.value && !forward.value ? "这一版您不能办理：作者、初审人和审核人要是不同的人" : ""));

  async function load() {
    try {
      queues.value = await kb.review();
      problem.value = "";
    } catch (error) {
      problem.value = (error as Error).message;
    }
    loaded.value = true;
  }

  async function open(row: VersionRow | undefined) {
    [version.value, comparison.value] = [null, null];
    if (!row) return;
    const key = keyOf(row);
    try {
      const found = await kb.version(row.article, row.version);
      const beside = found.base || (found.live_version !== found.version ? found.live_version : 0);
      const differs = beside ? await kb.compare(row.article, beside, row.version) : null;
      if (!current.value || keyOf(current.value) !== key) return;
      [version.value, comparison.value, problem.value] = [found, differs, ""];
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }

  /** True: it is done, and the one behind it is open. */
  async function decide(action: Action, reason = ""): Promise<boolean> {
    const now = version.value;
    if (!now || busy.value) return false;
    busy.value = true;
    try {
      await kb.act(now.id, now.version, action.name, { seen: now.seen, reason });
    } catch (error) {
      ElMessage.error({ message: (error as Error).message, duration: 8000 });
      busy.value = false;
      return false;
    }
    busy.value = false;
    ElMessage.success({ message: `已${action.label}：${now.title}`, grouping: true });
    const at = items.value.findIndex((one) => keyOf(one) === keyOf({ article: now.id, version: now.version }));
    const next = items.value[at + 1] ?? items.value[at - 1];
    const stayed = queue.value?.name ?? "";
    await load();
    if (next) chosen.value = keyOf(next);
    if (stayed !== name() && queues.value.some((one) => one.name === stayed)) choose(stayed);
    return true;
  }

  const pick = (row: VersionRow) => (chosen.value = keyOf(row));
  const choose = (to: string) => replace(`knowledge/review/${to}`);

  function step(by: number) {
    const at = items.value.findIndex((one) => one === current.value);
    const next = items.value[Math.max(0, Math.min(items.value.length - 1, at + by))];
    if (next) pick(next);
  }

  watch(() => current.value && `${keyOf(current.value)}:${current.value.seen}`, () => open(current.value));
  void load();
  return { queues, queue, items, current, version, comparison, forward, back, why, problem, loaded, busy, load, decide, pick, choose, step };
}
