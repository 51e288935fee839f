/** All shortcuts in one table, by physical key; they rest while an input method composes. */
export interface Key {
  code: string;
  alt?: boolean;
  shift?: boolean;
  ctrl?: boolean;
  does: string;
  label: string;
  shown: string;
}

const card = (n: number): Key[] => [
  { code: `Digit${n}`, alt: true, does: `take-${n}`, label: `采用第 ${n} 条（再按撤销）`, shown: `Alt+${n}` },
  { code: `Digit${n}`, alt: true, shift: true, does: `refuse-${n}`, label: `第 ${n} 条不适用（再按 1–7）`, shown: `Alt+Shift+${n}` },
];

export const KEYS: Key[] = [
  ...card(1),
  ...card(2),
  ...card(3),
  { code: "Slash", alt: true, does: "search", label: "检索热线百科", shown: "Alt+/" },
  { code: "KeyA", alt: true, does: "compose", label: "按检索的话草拟答复；再按填入", shown: "Alt+A" },
  { code: "KeyB", alt: true, does: "department", label: "选择承办单位", shown: "Alt+B" },
  { code: "KeyP", alt: true, does: "phrases", label: "常用语填入答复", shown: "Alt+P" },
  { code: "F9", does: "answer", label: "接听来电", shown: "F9" },
  { code: "F2", does: "mute", label: "静音 / 取消静音", shown: "F2" },
  { code: "F3", does: "hold", label: "保持 / 取消保持", shown: "F3" },
  { code: "F4", does: "transfer", label: "转接或三方通话", shown: "F4" },
  { code: "F8", does: "hangup", label: "挂断；振铃时拒接", shown: "F8" },
  { code: "KeyS", ctrl: true, does: "save", label: "存草稿", shown: "Ctrl+S" },
  { code: "Enter", ctrl: true, does: "dispatch", label: "派单；派单后接下一通", shown: "Ctrl+Enter" },
  { code: "Enter", ctrl: true, shift: true, does: "reply", label: "直接答复", shown: "Ctrl+Shift+Enter" },
  { code: "Escape", does: "form", label: "回到工单", shown: "Esc" },
  { code: "Slash", shift: true, does: "help", label: "快捷键（不在输入框时）", shown: "?" },
];

type Press = Pick<KeyboardEvent, "code" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing">;

/** What a key press does, or "". `typing`: the focus is in a field, where a bare character is text. */
export function action(press: Press, typing = false): string {
  if (press.isComposing || press.metaKey) return "";
  const code = press.code === "NumpadEnter" ? "Enter" : press.code;
  const found = KEYS.find(
    (key) =>
      key.code === code && !!key.alt === press.altKey && !!key.shift === press.shiftKey && !!key.ctrl === press.ctrlKey,
  );
  return found && !(found.does === "help" && typing) ? found.does : "";
}

/** What the keys of the call itself do; they work on every page. */
export const CALL = new Set(["answer", "mute", "hold", "transfer", "hangup"]);

/** Whether a key press in this element writes text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
