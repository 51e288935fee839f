/** The form of a ticket's page: what is typed, saved as it is typed, merged with what others wrote meanwhile. */
import { computed, onBeforeUnmount, reactive, type ShallowRef, shallowRef } from "vue";
import { api, type Detail, Refusal, type Ticket } from "../../api";
import { Saver, type SaveState } from "../../saver";

type Changes = Record<string, unknown>;
interface Edit {
  changes: Changes;
  release: string[];
}

export interface FormConflict {
  theirs: Detail;
  names: string[];
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const column = (ticket: Ticket, name: string): unknown => (ticket as unknown as Changes)[name];

/** Fields that another person changed since `base` and that now say something else than mine. */
export const disputed = (mine: Changes, base: Ticket, theirs: Ticket): string[] =>
  Object.keys(mine).filter((name) => !same(column(base, name), column(theirs, name)) && !same(mine[name], column(theirs, name)));

export type Form = ReturnType<typeof useForm>;

/** `detail`: the ticket on the page; it is replaced by what the server has kept. */
export function useForm(detail: ShallowRef<Detail | null>) {
  const typed = reactive<Changes>({});
  const saving = reactive({ state: "clean" as SaveState, at: 0, message: "" });
  const conflict = shallowRef<FormConflict | null>(null);
  const saver = new Saver<Edit>({ edit, send, told: () => Object.assign(saving, { state: saver.state, at: saver.at, message: saver.message }) });

  function edit(): Edit | null {
    return Object.keys(typed).length ? { changes: { ...typed }, release: [] } : null;
  }

  async function send(now: Edit) {
    const base = detail.value;
    if (!base) return;
    try {
      kept(base, await api.edit(base.ticket.id, base.ticket.version, now), now);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      await meet(base, now, error);
    }
  }

  function kept(base: Detail, ticket: Ticket, { changes }: Edit) {
    for (const [name, value] of Object.entries(changes)) if (same(typed[name], value)) delete typed[name];
    detail.value = { ...base, ticket };
  }

  /** Somebody was quicker: a question only where both changed the same field. */
  async function meet(base: Detail, now: Edit, error: Refusal) {
    const theirs = await api.ticket(base.ticket.id);
    if (Object.keys(now.changes).some((name) => !theirs.editable.includes(name))) return left(theirs);
    const names = disputed(now.changes, base.ticket, theirs.ticket);
    if (names.length) {
      conflict.value = { theirs, names };
      throw error;
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
    if (!mine) for (const name of met.names) delete typed[name];
    detail.value = met.theirs;
    await saver.flush();
  }

  function write(name: string, value: unknown) {
    typed[name] = value;
    saver.touch();
  }

  const value = (name: string): unknown => (name in typed ? typed[name] : detail.value && column(detail.value.ticket, name));
  const dirty = computed(() => Object.keys(typed).length > 0);
  onBeforeUnmount(() => {
    void saver.flush();
    saver.stop();
  });
  return { value, write, saving, dirty, conflict, settle, flush: () => saver.flush() };
}
