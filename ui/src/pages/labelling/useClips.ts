/** The sounds of items: those that come next are had before they are needed. */
import { onBeforeUnmount, ref } from "vue";

const MOST = 6;

export function useClips() {
  const sounds = new Map<string, HTMLAudioElement>();
  const playing = ref("");
  /** 0–1 of what plays. */
  const at = ref(0);
  const problem = ref("");

  function sound(address: string): HTMLAudioElement {
    const known = sounds.get(address);
    if (known) return known;
    const made = new Audio(address);
    made.preload = "auto";
    made.ontimeupdate = () => playing.value === address && (at.value = made.duration ? made.currentTime / made.duration : 0);
    made.onended = () => playing.value === address && stop();
    sounds.set(address, made);
    for (const old of [...sounds.keys()].slice(0, -MOST)) if (old !== playing.value) sounds.delete(old);
    return made;
  }

  function stop() {
    sounds.get(playing.value)?.pause();
    playing.value = "";
    at.value = 0;
  }

  /** From its beginning. */
  function play(address: string) {
    stop();
    problem.value = "";
    const one = sound(address);
    one.currentTime = 0;
    playing.value = address;
    one.play().catch((error: Error) => {
      if (playing.value === address) stop();
      if (!["AbortError", "NotAllowedError"].includes(error.name)) problem.value = "这段录音放不出来，可以先跳过";
    });
  }

  onBeforeUnmount(stop);
  return { playing, at, problem, ready: (address: string) => void sound(address), play, stop };
}
