/** The call on the desk, kept up to date by the socket. */
import { ElMessage } from "element-plus";
import { computed, onBeforeUnmount, ref, shallowRef } from "vue";
import { api, signedOut, socketUrl } from "../api";
import { empty, reduce } from "../call";
import type { WireEvent } from "../events";
import { DeskSocket, type Line } from "../socket";

/** Runs a request; what the server refuses is shown. True: it worked. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    ElMessage.error({ message: (error as Error).message, grouping: true });
    return false;
  }
}

/** `changed` is told every event that the call took in. */
export function useCall(changed: (event: WireEvent) => void) {
  const call = shallowRef(empty());
  const line = ref<Line>("connecting");
  const ending = ref(false);
  /** Until it is known which call, if any, is on the desk; what rings and waits is shown only then. */
  const resuming = ref(true);
  const parked = new Set<string>();
  const socket = new DeskSocket({ resume, event: take, state: say, open: (path) => new WebSocket(socketUrl(path)) });

  function resume() {
    const { waiting, call: id, seq } = call.value;
    return waiting && waiting.call !== id ? { call: waiting.call, after: waiting.seq } : { call: id, after: seq };
  }

  function take(event: WireEvent) {
    const before = call.value;
    call.value = reduce(before, event);
    if (call.value === before) return;
    if (event.type === "ended" || event.type === "answered") ending.value = resuming.value = false;
    changed(event);
  }

  function say(state: Line) {
    line.value = state;
    if (state === "lost") resuming.value = false;
    if (state === "open") void catchUp();
    if (state === "refused") signedOut.dispatchEvent(new Event("out"));
  }

  /** A call may have begun while the line was away. */
  async function catchUp() {
    const { call: id, state } = await api.current().catch(() => ({ call: null, state: "" }));
    if (id && id !== call.value.call && id !== call.value.waiting?.call && !parked.has(id)) open(id);
    else if (!id || parked.has(id)) resuming.value = false;
    if (state === "ringing") resuming.value = false;
  }

  /** Show a call of one's own, from its first event on. */
  function open(id: string) {
    parked.delete(id);
    resuming.value = true;
    call.value = empty(id);
    socket.connect();
  }

  /** Away from the call on the desk; its ticket stays as it is. */
  function leave() {
    const { call: id, waiting } = call.value;
    parked.add(id);
    call.value = { ...empty(), waiting };
  }

  const answer = () => {
    const { waiting } = call.value;
    return waiting ? attempt(() => api.answerCall(waiting.call)) : Promise.resolve(false);
  };

  async function hangUp() {
    const { waiting, phase, call: id } = call.value;
    if (waiting) await attempt(() => api.hangUp(waiting.call));
    else if (phase === "live") {
      ending.value = true;
      if (!(await attempt(() => api.hangUp(id)))) ending.value = false;
    }
  }

  async function toggle(what: "mute" | "hold") {
    const { phase, call: id, muted, held } = call.value;
    if (phase !== "live") return;
    await attempt(() => api.toggle(id, what, !(what === "mute" ? muted : held)));
  }

  const online = () => line.value !== "open" && socket.connect();
  window.addEventListener("online", online);
  onBeforeUnmount(() => {
    window.removeEventListener("online", online);
    socket.close();
  });
  socket.connect();
  const live = computed(() => call.value.phase === "live");
  return { call, line, live, ending, resuming, open, leave, answer, hangUp, toggle };
}
