/** The form of a ticket's page: what is typed, saved as it is typed, merged with what others wrote meanwhile. */
import { computed, onBeforeUnmount, reactive, type ShallowRef, shallowRef } from "vue";
import { api, type Detail, Refusal, type Ticket } from "../../api";
import { Saver, type SaveState } from "../../saver";
import { keep, recall } from "./unsent";

type Changes = Record<string, unknown>;
interface Edit {
  changes: Changes;
  release: string[];
}

/** Unsaved words, and what stood there before them. */
interface Unsaved {
  typed: Changes;
  before: Changes;
}

export interface FormConflict {
  theirs: Detail;
  names: string[];
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const column = (ticket: Ticket, name: string): unknown => (ticket as unknown as Changes)[name];

/** Fields that another person changed since `before` and that now say something else than mine. */
const disputed = (mine: Changes, before: Changes, theirs: Ticket): string[] =>
  Object.keys(mine).filter((name) => !same(before[name], column(theirs, name)) && !same(mine[name], column(theirs, name)));

export type Form = ReturnType<typeof useForm>;

/** `detail`: the ticket on the page; it is replaced by what the server has kept. */
export function useForm(detail: ShallowRef<Detail | null>) {
  const typed = reactive<Changes>({});
  let before: Changes = {};
  const saving = reactive({ state: "clean" as SaveState, at: 0, message: "" });
  const conflict = shallowRef<FormConflict | null>(null);
  const dirty = computed(() => Object.keys(typed).length > 0);
  const saver = new Saver<Edit>({ edit, send, told: () => Object.assign(saving, { state: saver.state, at: saver.at, message: saver.message }) });

  function edit(): Edit | null {
    return Object.keys(typed).length ? { changes: { ...typed }, release: [] } : null;
  }

  async function send(now: Edit) {
    const base = detail.value;
    if (!base) return;
    if (conflict.value) throw undecided();
    try {
      kept(base, await api.edit(base.ticket.id, base.ticket.version, now), now);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      await meet(base, now);
    }
  }

  const undecided = () => new Refusal("请先选定两边不一样的内容用哪一份", 409);

  function kept(base: Detail, ticket: Ticket, { changes }: Edit) {
    for (const [name, value] of Object.entries(changes)) if (same(typed[name], value)) delete typed[name];
    detail.value = { ...base, ticket };
    store();
  }

  /** Keep in this tab what the server has not got. */
  function store() {
    before = Object.fromEntries(Object.keys(typed).map((name) => [name, before[name]]));
    if (detail.value) keep(`form:${detail.value.ticket.id}`, dirty.value ? { typed, before } : null);
  }

  /** Take up what this tab has kept for the ticket. */
  function revive() {
    const found = detail.value && recall<Unsaved>(`form:${detail.value.ticket.id}`);
    if (!found || !detail.value) return;
    const { editable, ticket } = detail.value;
    for (const name of editable) if (name in found.typed) typed[name] = found.typed[name];
    before = found.before;
    const names = disputed(typed, before, ticket);
    if (names.length) conflict.value = { theirs: detail.value, names };
    if (dirty.value) saver.touch();
  }

  /** Somebody was quicker: a question only where both changed the same field. */
  async function meet(base: Detail, now: Edit) {
    const theirs = await api.ticket(base.ticket.id);
    if (Object.keys(now.changes).some((name) => !theirs.editable.includes(name))) return left(theirs);
    const names = disputed(now.changes, before, theirs.ticket);
    if (names.length) {
      conflict.value = { theirs, names };
      throw undecided();
    }
    kept(theirs, await api.edit(theirs.ticket.id, theirs.ticket.version, now), now);
  }

  /** The ticket moved on: what was typed stays in sight, nothing more is sent. */
  function left(theirs: Detail): never {
    throw new Refusal(`工单已是“${theirs.ticket.state_label}”，这里的改动没有保存；请复制所需内容后刷新页面`, 409);
  }

  async function settle(mine: boolean) {
    const met = conflict.value;
    conflict.value = null;
    if (!met) return;
    for (const name of met.names) {
      before[name] = column(met.theirs.ticket, name);
      if (!mine) delete typed[name];
    }
    detail.value = met.theirs;
    store();
    await saver.flush();
  }

  function write(name: string, value: unknown) {
    if (!(name in typed)) before[name] = detail.value && column(detail.value.ticket, name);
    typed[name] = value;
    store();
    saver.touch();
  }

  const value = (name: string): unknown => (name in typed ? typed[name] : detail.value && column(detail.value.ticket, name));
  onBeforeUnmount(() => {
    void saver.flush();
    saver.stop();
  });
  return { value, write, revive, saving, dirty, conflict, settle, flush: () => saver.flush() };
}
