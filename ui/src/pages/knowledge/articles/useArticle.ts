/** One article over its versions: the one that is shown, what may be done with it, what happened to it. */
import { ElMessage } from "element-plus";
import { computed, ref, shallowRef } from "vue";
import { go, replace } from "../../../route";
import { kb } from "../api";
import type { Action, ActInput, Comparison, JournalEntry, Version, VersionRow } from "../shapes";
import { asks } from "./steps";

/** The version that is shown where none is named: the one under way, else the live one, else the newest. */
export function usual(rows: readonly VersionRow[]): number {
  const open = rows.find((one) => ["draft", "first_review", "review", "approved"].includes(one.state));
  return (open ?? rows.find((one) => one.live) ?? rows[0])?.version ?? 0;
}

export function useArticle() {
  const version = shallowRef<Version | null>(null);
  const versions = shallowRef<VersionRow[]>([]);
  const journal = shallowRef<JournalEntry[]>([]);
  const comparison = shallowRef<Comparison | null>(null);
  const problem = ref("");
  const busy = ref(false);
  /** The action whose form is open. */
  const asked = shallowRef<Action | null>(null);
  const row = computed(() => versions.value.find((one) => one.version === version.value?.version));

  async function load(id: string, number: number) {
    problem.value = "";
    try {
      versions.value = await kb.versions(id);
      version.value = await kb.version(id, number || usual(versions.value));
      journal.value = await kb.journal(id);
    } catch (error) {
      [problem.value, version.value] = [(error as Error).message, null];
    }
  }

  /** Versions and history anew; what is shown stays. */
  async function refresh(id: string) {
    const [rows, entries] = await Promise.all([kb.versions(id), kb.journal(id)]).catch(() => [null, null]);
    if (rows) versions.value = rows;
    if (entries) journal.value = entries;
  }

  async function compare(id: string, a: number, b: number) {
    comparison.value = null;
    if (!a || !b) return;
    await kb.compare(id, a, b).then(
      (found) => (comparison.value = found),
      (error: Error) => ElMessage.error(error.message),
    );
  }

  /** Throws an Error whose message may be shown. */
  async function act(action: Action, given: Omit<ActInput, "seen"> = {}) {
    const now = version.value;
    if (!now) return;
    const came = await kb.act(now.id, now.version, action.name, { seen: now.seen, ...given });
    ElMessage.success({ message: `已${action.label}`, grouping: true });
    asked.value = null;
    if (came.version !== now.version) return go("knowledge", `articles/${now.id}?version=${came.version}`);
    await load(now.id, now.version);
  }

  async function begin(action: Action) {
    if (asks(action)) return void (asked.value = action);
    await attempt(() => act(action));
  }

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

  /** A draft out of the version that is shown. */
  async function rewrite() {
    const now = version.value;
    const made = now && (await attempt(() => kb.rewrite(now.id, now.version)));
    if (made) replace(`knowledge/articles/${made.id}?version=${made.version}`);
  }

  return { version, versions, journal, comparison, problem, busy, asked, row, load, refresh, compare, act, begin, rewrite };
}
