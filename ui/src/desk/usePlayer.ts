/** Plays the words that a field came from and points at them. */
import { ElMessage } from "element-plus";
import { onBeforeUnmount, ref } from "vue";
import { api } from "../api";
import type { Heard } from "../events";

/** `from`: the call and what was heard in it. */
export function usePlayer(from: () => { call: string; heard: Heard[] }) {
  const playing = ref<{ utterance: string; quote: string } | null>(null);
  let sound: HTMLAudioElement | null = null;

  function stop() {
    sound?.pause();
    sound = null;
    playing.value = null;
  }

  /** Play an utterance; `quote`: the words in it that matter. */
  function play(utterance: string, quote = "") {
    stop();
    const { call, heard } = from();
    const said = heard.find((one) => one.utterance === utterance);
    if (!said) return;
    playing.value = { utterance, quote };
    sound = new Audio(api.audio(call, said.leg, said.start, said.end));
    sound.onended = stop;
    sound.play().catch((error: Error) => {
      if (error.name !== "AbortError") ElMessage.warning("这一段录音暂时放不出来");
    });
  }

  onBeforeUnmount(stop);
  return { playing, play, stop };
}
