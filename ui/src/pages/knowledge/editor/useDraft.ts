/** An article while it is written: kept as a draft by the server as it is typed, undone, merged with what others wrote. */
import { ElMessage } from "element-plus";
import { computed, onBeforeUnmount, onMounted, reactive, type ShallowRef, shallowRef } from "vue";
import { Refusal } from "../../../api";
import { Saver, type SaveState } from "../../../saver";
import { keep, recall } from "../../ticket/unsent";
import { kb } from "../api";
import type { Body, Version } from "../shapes";
import { usage } from "../usageApi";
import { blank, bodyOf, missing, NAMES, tidy } from "./fields";
import { Undo } from "./undo";

/** What is written, and the note on what changed. */
export interface Written {
  body: Body;
  note: string;
}

export interface DraftConflict {
  theirs: Version;
  names: (keyof Body)[];
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const fresh = (): string => crypto.randomUUID?.() ?? String(Math.random());

/** Fields that both changed since `base` and that now say different things. */
export const disputed = (mine: Body, base: Body, theirs: Body): (keyof Body)[] =>
  NAMES.filter((name) => !same(mine[name], base[name]) && !same(theirs[name], base[name]) && !same(mine[name], theirs[name]));

/** Mine, with what only the other person changed. */
export const merged = (mine: Body, base: Body, theirs: Body): Body => {
  const taken = NAMES.filter((name) => same(tidy(mine)[name], base[name]) && !same(theirs[name], base[name]));
  return { ...mine, ...Object.fromEntries(taken.map((name) => [name, theirs[name]])) };
};

export type Draft = ReturnType<typeof useDraft>;

/** `version`: what is edited, null: a new article; it is replaced by what the server has kept. `issuer`: of a new one. */
export function useDraft(version: ShallowRef<Version | null>, issuer = "") {
  const body = shallowRef<Body>(blank(issuer));
  const note = shallowRef("");
  /** What the server has. */
  const base = shallowRef<Written>({ body: tidy(blank(issuer)), note: "" });
  const conflict = shallowRef<DraftConflict | null>(null);
  const saving = reactive({ state: "clean" as SaveState, at: 0, message: "" });
  const steps = reactive({ back: false, on: false });
  let past = new Undo<Body>();
  let key = fresh();
  /** The gap that a new article fills, 0: none. */
  let gap = 0;
  const now = computed<Written>(() => ({ body: tidy(body.value), note: note.value }));
  const dirty = computed(() => !same(now.value, base.value));
  const saver = new Saver<Written>({ edit, send, told: () => Object.assign(saving, { state: saver.state, at: saver.at, message: saver.message }) });
  const place = () => `article:${version.value ? `${version.value.id}:${version.value.version}` : "new"}`;

  function edit(): Written | null {
    return dirty.value && !missing(body.value) ? now.value : null;
  }

  /** Take up a version that was read, and what this tab has kept of it. */
  function load() {
    const given = version.value;
    base.value = given ? { body: tidy(bodyOf(given.content)), note: given.note } : { body: tidy(blank(issuer)), note: "" };
    [body.value, note.value] = [given ? bodyOf(given.content) : blank(issuer), base.value.note];
    conflict.value = null;
    past = new Undo<Body>();
    count();
    saver.stop();
    revive();
  }

  function revive() {
    const left = recall<Written & { base: Body; gap?: number }>(place());
    gap = left?.gap ?? 0;
    if (!left) return;
    [body.value, note.value] = [left.body, left.note];
    if (version.value) meet(version.value, left.base);
    if (dirty.value && !conflict.value) saver.touch();
  }

  const store = () => keep(place(), dirty.value ? { ...now.value, body: body.value, base: base.value.body, ...(gap && { gap }) } : null);

  async function send(written: Written) {
    if (conflict.value) throw undecided();
    const before = version.value;
    if (!before) return begun(await kb.write(written.body, written.note, key), written);
    try {
      kept(await kb.edit(before, written.body, written.note), written);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      await late(before);
    }
  }

  const undecided = () => new Refusal("请先选定两边不一样的内容用哪一份", 409);

  function begun(made: Version, sent: Written) {
    keep(place(), null);
    key = fresh();
    if (gap) void linked(gap, made.id);
    gap = 0;
    kept(made, sent);
  }

  const linked = (to: number, article: string) =>
    usage.linkGap(to, article).catch((error: Error) => ElMessage.warning(`文章已存，还没关联到缺口：${error.message}`));

  function kept(answer: Version, sent: Written) {
    version.value = answer;
    base.value = sent;
    store();
  }

  /** Somebody was quicker: a question only where both changed the same thing. */
  async function late(before: Version) {
    const theirs = await kb.version(before.id, before.version);
    if (!theirs.actions.some((one) => one.name === "edit")) {
      throw new Refusal(`这一版已是“${theirs.state_label}”，这里的改动没有保存；请复制所需内容后刷新页面`, 409);
    }
    meet(theirs, base.value.body);
    if (conflict.value) throw undecided();
    const mine = now.value;
    kept(await kb.edit(theirs, mine.body, mine.note), mine);
  }

  function meet(theirs: Version, from: Body) {
    const other = tidy(bodyOf(theirs.content));
    const names = disputed(tidy(body.value), from, other);
    body.value = merged(body.value, from, other);
    base.value = { body: other, note: theirs.note };
    version.value = theirs;
    if (names.length) conflict.value = { theirs, names };
    store();
  }

  /** Whose words stay. */
  async function settle(mine: boolean) {
    const met = conflict.value;
    conflict.value = null;
    if (!met) return;
    if (!mine) change(Object.fromEntries(met.names.map((name) => [name, met.theirs.content[name]])) as Partial<Body>);
    store();
    await saver.flush();
  }

  /** `at`: what was typed into, "": a step of its own. */
  function change(part: Partial<Body>, at = "") {
    past.push(body.value, at, Date.now());
    put({ ...body.value, ...part });
  }

  function put(next: Body) {
    body.value = next;
    count();
    store();
    saver.touch();
  }

  const count = () => Object.assign(steps, past.has);

  function undo() {
    const before = past.undo(body.value);
    if (before) put(before);
  }

  function redo() {
    const after = past.redo(body.value);
    if (after) put(after);
  }

  function remark(text: string) {
    note.value = text;
    store();
    saver.touch();
  }

  const leaving = (event: BeforeUnloadEvent) => dirty.value && event.preventDefault();
  onMounted(() => window.addEventListener("beforeunload", leaving));
  onBeforeUnmount(() => {
    window.removeEventListener("beforeunload", leaving);
    void saver.flush();
    saver.stop();
  });
  return { body, note, base, dirty, conflict, saving, steps, load, change, remark, undo, redo, settle, flush: () => saver.flush() };
}
