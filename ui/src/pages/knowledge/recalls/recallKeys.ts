/** The keys of the call list, by physical key: they rest in fields, in dialogs and while an input method composes. */
import { isTyping } from "../../../keys";

type Press = Pick<KeyboardEvent, "code" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing" | "target">;

const KEYS: Record<string, string> = { KeyJ: "down", ArrowDown: "down", KeyK: "up", ArrowUp: "up" };

/** "down", "up", "outcome-1" … "outcome-9", or "". */
export function does(press: Press): string {
  if (press.isComposing || press.altKey || press.shiftKey || press.ctrlKey || press.metaKey) return "";
  const here = press.target instanceof Element ? press.target : null;
  if (isTyping(here) || here?.closest("[role=dialog], [role=listbox], [role=menu], .el-select")) return "";
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(press.code);
  return number ? `outcome-${number[1]}` : (KEYS[press.code] ?? "");
}
