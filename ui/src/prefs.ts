/** What an agent set for this browser: theme, ring tone, fewer prompts. */
import { reactive, watchEffect } from "vue";

export type Theme = "system" | "light" | "dark";

const KEY = "copilot-prefs";
const before: object = JSON.parse(localStorage.getItem(KEY) ?? "{}");

/** `quiet`: an experienced agent sees the main card alone. */
export const prefs = reactive({ theme: "system" as Theme, ring: true, quiet: false, ...before });

const system = window.matchMedia("(prefers-color-scheme: dark)");

function paint(): void {
  const dark = prefs.theme === "dark" || (prefs.theme === "system" && system.matches);
  document.documentElement.classList.toggle("dark", dark);
}

/** Keep what is set and paint the page accordingly, from now on. */
export function watchPrefs(): void {
  system.addEventListener("change", paint);
  watchEffect(() => {
    localStorage.setItem(KEY, JSON.stringify(prefs));
    paint();
  });
}
