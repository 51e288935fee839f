/** The ticket of the call: what is typed, how it is kept, how it leaves the desk. */
import { ElMessage } from "element-plus";
import { onBeforeUnmount, reactive, ref, shallowRef, watch } from "vue";
import { api, type Cited, type Inputs, Refusal, type Ticket } from "../api";
import { type Changes, disputed, Draft, type Edit, missing } from "../draft";
import { label, type Name } from "../fields";
import { Saver, type SaveState } from "../saver";
import { attempt } from "./useCall";
import { focusField } from "./focus";

export interface Conflict {
  theirs: Ticket;
  names: Name[];
}

const key = (call: string): string => `draft:${call}`;
/** Where the form can still be written: an emergency goes on being taken down after the call for help. */
const WRITABLE = ["draft", "emergency"];

/** `current`: the call on the desk. `cited`: the articles that were taken. */
export function useTicket(current: () => string, cited: () => Cited[]) {
  const ticket = shallowRef<Ticket | null>(null);
  const draft = reactive(new Draft());
  const saving = reactive({ state: "clean" as SaveState, at: 0, message: "" });
  const conflict = shallowRef<Conflict | null>(null);
  const done = ref(false);
  const saver = new Saver({ edit: () => draft.edit(), send, told });

  function told() {
    Object.assign(saving, { state: saver.state, at: saver.at, message: saver.message });
  }

  async function send(edit: Edit) {
    const base = ticket.value ?? (ticket.value = await api.callTicket(current()));
    try {
      kept(base, await api.edit(base.id, base.version, edit), edit);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      kept(base, await meet(base, edit, error), edit);
    }
  }

  /** By now another call may be on the desk: then this answer is none of its business. */
  function kept(base: Ticket, now: Ticket, edit: Edit) {
    if (ticket.value !== base) return;
    ticket.value = now;
    draft.saved(edit);
  }

  /** Another window or person changed the ticket: only where both changed the same field the agent decides. */
  async function meet(base: Ticket, edit: Edit, error: Refusal): Promise<Ticket> {
    const theirs = await api.callTicket(current());
    if (!WRITABLE.includes(theirs.state)) return left(theirs);
    const names = disputed(edit.changes, base, theirs);
    if (names.length) {
      conflict.value = { theirs, names };
      throw error;
    }
    const now = await api.edit(theirs.id, theirs.version, edit);
    if (ticket.value === base) draft.load(now, now.touched);
    return now;
  }

  /** The ticket left the desk elsewhere: nothing more can be written here. */
  function left(theirs: Ticket): never {
    if (ticket.value?.id === theirs.id) enter(theirs);
    throw new Refusal("这张工单已在别处提交，这里没存的改动不再保存", 409);
  }

  /** Show a ticket as the server has it. */
  function enter(found: Ticket) {
    ticket.value = found;
    done.value = !WRITABLE.includes(found.state);
    if (done.value) [draft.unsaved, draft.released].forEach((one) => one.clear());
    draft.load(found, found.touched);
  }

  /** End a conflict: with one's own words, or with theirs. */
  async function settle(mine: boolean) {
    const met = conflict.value;
    conflict.value = null;
    if (!met) return;
    ticket.value = met.theirs;
    if (!mine) {
      for (const name of met.names) draft.unsaved.delete(name);
      draft.load(met.theirs, met.names);
    }
    await saver.flush();
  }

  /** The server's ticket, and what was typed before a reload. */
  async function load() {
    const call = current();
    const found = await api.callTicket(call).catch(() => null);
    if (!found || call !== current()) return;
    enter(found);
    if (!done.value) draft.revive(JSON.parse(sessionStorage.getItem(key(call)) ?? "{}") as Changes);
    if (draft.edit()) saver.touch();
  }

  /** Clear the form for another call; what is still unsaved waits in the browser. */
  function reset() {
    saver.stop();
    ticket.value = conflict.value = null;
    done.value = false;
    draft.reset();
  }

  function write(name: Name, value: string) {
    draft.write(name, value);
    saver.touch();
  }

  /** Change several things of the draft, then save. */
  function change(work: (draft: Draft) => void) {
    if (done.value) return;
    work(draft as Draft);
    saver.touch();
  }

  async function save() {
    if (done.value || !ticket.value) return;
    if (await saver.flush()) ElMessage.success({ message: "草稿已存", grouping: true });
    else ElMessage.warning({ message: saving.message || "还有内容没存上，正在重试", grouping: true });
  }

  function lacks(name: Name, message: string) {
    focusField(name, name === "department" || name === "nature");
    ElMessage.warning({ message, grouping: true });
  }

  async function ready(): Promise<boolean> {
    if (await saver.flush()) return true;
    if (!conflict.value) ElMessage.warning({ message: `还没有提交：${saving.message}`, grouping: true });
    return false;
  }

  async function dispatch() {
    if (!ticket.value) return;
    const lack = missing(draft.form);
    if (lack) return lacks(lack, `派单前请先填写${label(lack)}`);
    if (await ready()) await finish((now) => api.act(now, "dispatch", sent()));
  }

  /** Hand the ticket to the reviewer: whom it goes to may still be open. */
  async function submit() {
    if (!ticket.value) return;
    const lack = missing(draft.form);
    if (lack && lack !== "department") return lacks(lack, `提交审核前请先填写${label(lack)}`);
    if (await ready()) await finish((now) => api.act(now, "submit", sent()));
  }

  /** Note that 110, 119, 120 or 122 was called in; the form stays open. */
  async function escalate(service: string) {
    const now = ticket.value;
    if (!now || !(await ready())) return;
    await attempt(async () => enter(await api.act(ticket.value ?? now, "escalate", { service })));
  }

  function sent(): Inputs {
    const { department, basis, answer } = draft.form;
    return { department, basis, answer, cited: cited() };
  }

  async function reply() {
    if (!ticket.value) return;
    if (!cited().length) return lacks("answer", "直接答复要有依据：按 Alt+1 采用一条建议，或按 Alt+/ 检索后采用");
    if (!draft.form.answer.trim()) return lacks("answer", "请先写答复内容");
    if (await ready()) await finish((now) => api.act(now, "answer", { answer: draft.form.answer, cited: cited() }));
  }

  async function finish(work: (now: Ticket) => Promise<Ticket>) {
    const now = ticket.value;
    if (!now) return;
    done.value = await attempt(async () => (ticket.value = await work(now)));
  }

  watch(
    () => [current(), JSON.stringify(draft.changes())] as const,
    ([call, changes], [before]) => {
      if (!call || call !== before) return;
      if (changes === "{}") sessionStorage.removeItem(key(call));
      else sessionStorage.setItem(key(call), changes);
    },
    { flush: "sync" },
  );
  onBeforeUnmount(() => {
    void saver.flush();
    saver.stop();
  });
  const flush = () => saver.flush();
  return { ticket, draft, saving, conflict, done, settle, load, reset, write, change, save, dispatch, submit, escalate, reply, flush };
}
