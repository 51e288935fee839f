/** The keys of the list, by physical key: they rest in fields, in dialogs and while an input method composes. */
import { onBeforeUnmount, onMounted } from "vue";
import { isTyping } from "../../keys";

export type Does = "down" | "up" | "open" | "search" | "select" | "leave";

const KEYS: Record<string, Does> = {
  KeyJ: "down",
  ArrowDown: "down",
  KeyK: "up",
  ArrowUp: "up",
  Enter: "open",
  NumpadEnter: "open",
  Slash: "search",
  KeyX: "select",
  Escape: "leave",
};

type Press = Pick<KeyboardEvent, "code" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing" | "target">;

/** What a key press does in the list, or "". */
export function does(press: Press): Does | "" {
  if (press.isComposing || press.altKey || press.shiftKey || press.ctrlKey || press.metaKey) return "";
  const here = press.target instanceof Element ? press.target : null;
  if (isTyping(here) && !(here instanceof HTMLInputElement && here.type === "checkbox")) return "";
  if (here?.closest("[role=dialog], [role=listbox], [role=menu], select, .el-select, .el-cascader")) return "";
  const found = KEYS[press.code] ?? "";
  return found === "open" && here?.closest("button, a") ? "" : found;
}

/** Listen while the list is shown. */
export function useListKeys(run: (what: Does) => void): void {
  function press(event: KeyboardEvent) {
    const what = does(event);
    if (!what) return;
    if (what !== "leave") event.preventDefault();
    run(what);
  }
  onMounted(() => window.addEventListener("keydown", press));
  onBeforeUnmount(() => window.removeEventListener("keydown", press));
}
