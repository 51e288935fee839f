/** 试讲: the microphone beside the call that it makes. */
import { onBeforeUnmount, ref, shallowRef } from "vue";
import { Microphone } from "../mic";

export function useMic() {
  const level = ref(0);
  const problem = ref("");
  const opening = ref(false);
  const speaking = shallowRef<Microphone | null>(null);

  async function start() {
    if (speaking.value) return;
    problem.value = "";
    opening.value = true;
    const microphone = new Microphone({ level: (now) => (level.value = now), ended });
    speaking.value = microphone;
    await microphone.start();
    opening.value = false;
  }

  function ended(message: string) {
    speaking.value = null;
    level.value = 0;
    problem.value = message;
  }

  const stop = () => speaking.value?.stop();
  onBeforeUnmount(stop);
  return { level, problem, opening, speaking, start, stop };
}
