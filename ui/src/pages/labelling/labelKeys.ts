/** The keys of labelling, by physical key: they rest in dialogs and while an input method composes. */
import { onBeforeUnmount, onMounted } from "vue";
import { isTyping, type Key } from "../../keys";

export const LABEL_KEYS: Key[] = [
  { code: "Digit1", does: "choose", label: "选第几项；在输入框里用 Alt+数字", shown: "1 – 9" },
  { code: "Enter", does: "next", label: "提交，看下一条", shown: "Enter" },
  { code: "KeyU", does: "undo", label: "撤销上一条，改过再提交；在输入框里用 Alt+U", shown: "U 或 ⌫" },
  { code: "KeyS", does: "skip", label: "跳过这一条，留给别人；在输入框里用 Alt+S", shown: "S" },
  { code: "ArrowDown", does: "down", label: "下一个条目，或下一句现成的话", shown: "↓ ↑" },
  { code: "KeyF", does: "search", label: "换个说法在百科里找", shown: "F" },
  { code: "KeyR", does: "read", label: "读选中条目的全文", shown: "R" },
  { code: "KeyP", does: "play", label: "从头播放录音；在输入框里用 Alt+P", shown: "P" },
  { code: "Escape", does: "leave", label: "离开输入框", shown: "Esc" },
  { code: "Slash", shift: true, does: "help", label: "看这张表", shown: "?" },
];

const PLAIN: Record<string, string> = {
  Enter: "next",
  NumpadEnter: "next",
  Backspace: "undo",
  KeyU: "undo",
  KeyS: "skip",
  KeyF: "search",
  KeyR: "read",
  KeyP: "play",
  ArrowDown: "down",
  ArrowUp: "up",
  ArrowLeft: "left",
  ArrowRight: "right",
  Escape: "leave",
};
/** In a field a bare key is text: these act with Alt. */
const WITH_ALT = new Set(["undo", "skip", "play"]);
const IN_FIELD = new Set(["next", "up", "down", "leave"]);

type Press = Pick<KeyboardEvent, "code" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing" | "target">;

/** What a key press does: a name of LABEL_KEYS, `choose-1` … `choose-9`, `up`, `left`, `right`, or "". */
export function does(press: Press): string {
  if (press.isComposing || press.metaKey) return "";
  const here = press.target instanceof Element ? press.target : null;
  if (here?.closest("[role=dialog], [role=listbox], [role=menu]")) return "";
  const plain = PLAIN[press.code] ?? "";
  if (press.ctrlKey) return plain === "next" && !press.altKey && !press.shiftKey ? plain : "";
  if (here?.closest(".el-select, .el-cascader")) return "";
  if (press.shiftKey) return press.code === "Slash" && !press.altKey && !isTyping(here) ? "help" : "";
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(press.code);
  if (number && (press.altKey || !isTyping(here))) return `choose-${number[1]}`;
  if (press.altKey) return WITH_ALT.has(plain) && press.code !== "Backspace" ? plain : "";
  if (isTyping(here)) return IN_FIELD.has(plain) ? plain : "";
  // A button that the keyboard stands on is pressed by Enter itself, except a choice: there Enter goes on.
  if (plain === "next" && here?.closest("a, button:not([data-choice])")) return "";
  return plain;
}

/** Listen while the page is shown; a key held down acts once. `run` says false where it had no use for the key. */
export function useLabelKeys(run: (what: string) => boolean | void): void {
  function press(event: KeyboardEvent) {
    const what = does(event);
    if (!what) return;
    const used = event.repeat && !["up", "down"].includes(what) ? true : run(what);
    if (used !== false) event.preventDefault();
  }
  onMounted(() => window.addEventListener("keydown", press));
  onBeforeUnmount(() => window.removeEventListener("keydown", press));
}
