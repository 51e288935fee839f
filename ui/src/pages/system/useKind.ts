/** One kind of configuration while it is edited: what is in force, the draft, publishing, taking back. */
import { computed, ref, shallowRef, watch } from "vue";
import { api, type ConfigurationDetail, Refusal } from "../../api";
import { type Body, differences, read } from "./body";
import { drafts, keep } from "./drafts";

export function useKind(kind: string, published: () => void) {
  const detail = shallowRef<ConfigurationDetail | null>(null);
  const draft = shallowRef<Body>("");
  const before = shallowRef<Body>("");
  const problem = ref("");
  const busy = ref(false);
  /** What somebody else published while this was edited. */
  const theirs = shallowRef<ConfigurationDetail | null>(null);
  const columns = computed(() => detail.value?.columns ?? []);
  const changes = computed(() => differences(before.value, draft.value, columns.value));
  const dirty = computed(() => JSON.stringify(before.value) !== JSON.stringify(draft.value));

  function take(found: ConfigurationDetail, mine = false) {
    detail.value = found;
    before.value = read(found.body, found.format);
    if (!mine) draft.value = before.value;
    theirs.value = null;
    problem.value = "";
  }

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    problem.value = "";
    const done = await work().then(() => true, failed);
    busy.value = false;
    return done;
  }

  async function failed(error: Error): Promise<boolean> {
    problem.value = error.message;
    if (error instanceof Refusal && error.status === 409) theirs.value = await api.configuration(kind).catch(() => null);
    return false;
  }

  const load = () =>
    attempt(async () => {
      const left = drafts.value[kind];
      take(await api.configuration(kind));
      if (!left) return;
      draft.value = left.body;
      if (left.base !== detail.value?.newest) theirs.value = detail.value;
    });

  watch([draft, before], () => {
    const base = theirs.value ? (drafts.value[kind]?.base ?? 0) : (detail.value?.newest ?? 0);
    keep(kind, dirty.value ? { base, body: draft.value } : null);
  });

  /** effective: the day, empty for today. */
  const publish = (effective: string, note: string) =>
    attempt(async () => {
      const seen = detail.value?.newest ?? 0;
      await api.publish(kind, { base_version: seen, body: draft.value, effective_from: effective || null, note });
      take(await api.configuration(kind));
      published();
    });

  const undo = (version: number, note: string) =>
    attempt(async () => {
      await api.undoConfiguration(kind, version, note);
      take(await api.configuration(kind));
      published();
    });

  /** Go on from what the other person published: with one's own draft, or with theirs. */
  const settle = (mine: boolean) => theirs.value && take(theirs.value, mine);

  return { detail, draft, before, problem, busy, theirs, columns, changes, dirty, load, publish, undo, settle };
}
