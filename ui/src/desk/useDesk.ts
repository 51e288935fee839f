/** The desk: a call, its ticket, its cards, and the keys that work them. */
import { computed, inject, type InjectionKey, onBeforeUnmount, onMounted, provide, reactive, ref, shallowRef, watch } from "vue";
import { api, type Ticket, type Who } from "../api";
import { reason } from "../cards";
import type { WireEvent } from "../events";
import type { Name } from "../fields";
import { duplicates } from "../history";
import { action, CALL, isTyping } from "../keys";
import { go, route } from "../route";
import { focusField, focusSearch } from "./focus";
import { useCall } from "./useCall";
import { type Taken, useCards } from "./useCards";
import { useTicket } from "./useTicket";
import { useMic } from "./useMic";
import { usePlayer } from "./usePlayer";

export type Desk = ReturnType<typeof createDesk>;
const DESK: InjectionKey<Desk> = Symbol("desk");

/** The desk that the page provides. */
export function useDesk(): Desk {
  const desk = inject(DESK);
  if (!desk) throw new Error("no desk is provided");
  return desk;
}

/** Build the desk and hand it to every part of the page. */
export function createDesk(user: Who) {
  const taken = reactive(new Map<string, Taken>());
  const calls = useCall(changed);
  const { call } = calls;
  const current = () => call.value.call;
  const ticket = useTicket(current, () => [...taken.values()].map(({ article, version }) => ({ article, version })));
  const cards = useCards(current, () => call.value.cards, taken, ticket);
  const player = usePlayer(() => call.value);
  const history = shallowRef<Ticket[]>([]);
  const looked = ref<Name | null>(null);
  const dialog = ref<"" | "keys" | "transfer" | "phrases">("");
  const reading = ref("");
  /** What Alt+A does while an answer can be drafted. */
  const composing = shallowRef<(() => void) | null>(null);
  const clock = useClock();
  const mic = useMic();

  function changed(event: WireEvent) {
    if (event.type === "answered") begin(event.number);
    if (event.type === "ended") mic.stop();
    if (event.type === "alerted") go("desk");
    if (event.type === "drafted") ticket.draft.fill(call.value.fields);
    if (event.type === "routed") ticket.draft.propose(event.question ? null : (event.departments[0] ?? null));
  }

  function reset() {
    void ticket.flush();
    ticket.reset();
    cards.reset();
    history.value = [];
    looked.value = null;
  }

  function begin(number: string) {
    void ticket.load();
    void cards.recall();
    api.history(number).then((found) => (history.value = found.filter((one) => one.call_id !== current())), () => undefined);
    requestAnimationFrame(() => focusField("content"));
  }

  /** Open one's own earlier call, to finish its ticket. */
  async function open(id: string) {
    await ticket.flush();
    calls.open(id);
  }

  /** The ticket is out of the hand, or waits as a draft; ready for the next call. */
  async function next() {
    if (calls.live.value) return;
    await ticket.flush();
    calls.leave();
  }

  watch(current, reset, { flush: "sync" });

  const earlier = computed(() => {
    const month = new Date().toISOString().slice(0, 7);
    return history.value.filter((one) => one.created_at.startsWith(month)).length + 1;
  });

  const again = computed(() => duplicates(history.value, ticket.draft.form.matter2));

  const does: Record<string, () => unknown> = {
    answer: calls.answer,
    hangup: calls.hangUp,
    mute: () => calls.toggle("mute"),
    hold: () => calls.toggle("hold"),
    transfer: () => calls.live.value && (dialog.value = "transfer"),
    save: ticket.save,
    dispatch: () => (ticket.done.value ? next() : ticket.dispatch()),
    reply: () => !ticket.done.value && ticket.reply(),
    search: focusSearch,
    compose: () => composing.value?.(),
    department: () => focusField("department", true),
    phrases: () => ticket.ticket.value && !ticket.done.value && (dialog.value = "phrases"),
    help: () => (dialog.value = "keys"),
    form: () => {
      cards.refusing.value = null;
      cards.closeSearch();
      focusField("content");
    },
  };

  function run(name: string) {
    const [what, place] = name.split("-");
    const card = cards.visible.value[Number(place) - 1];
    if (what === "take") void cards.take(card);
    else if (what === "refuse") cards.refusing.value = ticket.done.value ? null : (card ?? null);
    else does[name]?.();
  }

  function pressed(event: KeyboardEvent) {
    cards.frozen.value = event.altKey;
    if (dialog.value || reading.value || ticket.conflict.value) return;
    if (route.value.page !== "desk") return elsewhere(event);
    const why = cards.refusing.value && !event.isComposing && !event.altKey ? reason(event.code) : "";
    const name = why ? "" : action(event, isTyping(event.target));
    if (!why && !name) return;
    event.preventDefault();
    if (event.repeat) return;
    if (why) void cards.refuse(why);
    else run(name);
  }

  /** Behind another page the desk hears the keys of the call only; taking one brings the desk to the front. */
  function elsewhere(event: KeyboardEvent) {
    const name = action(event);
    if (!CALL.has(name) || !(call.value.waiting || calls.live.value)) return;
    event.preventDefault();
    if (event.repeat) return;
    if (name === "answer") go("desk");
    run(name);
  }

  const released = (event: KeyboardEvent) => (cards.frozen.value = event.altKey);
  const away = () => (cards.frozen.value = false);
  // Before any field: an open list would keep Ctrl+Enter for itself.
  onMounted(() => {
    window.addEventListener("keydown", pressed, true);
    window.addEventListener("keyup", released);
    window.addEventListener("blur", away);
  });
  onBeforeUnmount(() => {
    window.removeEventListener("keydown", pressed, true);
    window.removeEventListener("keyup", released);
    window.removeEventListener("blur", away);
  });

  const desk = { user, ...calls, ...ticket, cards, player, mic, history, earlier, again, looked, dialog, reading, composing, clock, open, next, run };
  provide(DESK, desk);
  return desk;
}

/** Now, once a second. */
function useClock() {
  const now = ref(Date.now());
  const timer = window.setInterval(() => (now.value = Date.now()), 1000);
  onBeforeUnmount(() => window.clearInterval(timer));
  return now;
}
