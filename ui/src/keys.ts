/** All shortcuts in one table, by physical key; ignored while an input method composes. */
export interface Key { code: string; alt?: boolean; shift?: boolean; ctrl?: boolean; does: string; label: string; shown: string }

const card = (n: number): Key[] => [
  { code: `Digit${n}`, alt: true, does: `take-${n}`, label: `采用第 ${n} 条建议`, shown: `Alt+${n}` },
  { code: `Digit${n}`, alt: true, shift: true, does: `refuse-${n}`, label: `第 ${n} 条不适用`, shown: `Alt+Shift+${n}` },
];
export const KEYS: Key[] = [
  ...card(1), ...card(2), ...card(3),
  { code: "Slash", alt: true, does: "search", label: "检索热线百科", shown: "Alt+/" },
  { code: "KeyB", alt: true, does: "department", label: "选择承办单位", shown: "Alt+B" },
  { code: "F2", does: "mute", label: "静音", shown: "F2" },
  { code: "F3", does: "hold", label: "保持", shown: "F3" },
  { code: "F8", does: "hangup", label: "挂断", shown: "F8" },
  { code: "F9", does: "answer", label: "接听", shown: "F9" },
  { code: "KeyS", ctrl: true, does: "save", label: "存草稿", shown: "Ctrl+S" },
  { code: "Enter", ctrl: true, does: "dispatch", label: "派单", shown: "Ctrl+Enter" },
  { code: "Escape", does: "form", label: "回到工单", shown: "Esc" },
];

/** What a key press does, or "". */
export function action(e: Pick<KeyboardEvent, "code" | "altKey" | "shiftKey" | "ctrlKey" | "isComposing">): string {
  if (e.isComposing) return "";
  const found = KEYS.find((k) => k.code === e.code && !!k.alt === e.altKey && !!k.shift === e.shiftKey && !!k.ctrl === e.ctrlKey);
  return found?.does ?? "";
}
