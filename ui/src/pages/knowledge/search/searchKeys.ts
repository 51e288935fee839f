/** The keys of search and reading, by physical key; they rest while an input method composes. */
import { isTyping } from "../../../keys";

export type Does = "down" | "up" | "open" | "focus" | "leave" | "";

type Press = Pick<KeyboardEvent, "code" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing" | "target">;

/** What a key press does. In the search box arrows walk through the hits, Enter is left to the form. */
export function does(press: Press, box: EventTarget | null): Does {
  if (press.isComposing || press.altKey || press.shiftKey || press.ctrlKey || press.metaKey) return "";
  const here = press.target instanceof Element ? press.target : null;
  if (here?.closest("[role=dialog], [role=listbox], [role=menu], .el-select")) return "";
  if (press.target !== box && isTyping(press.target)) return "";
  const inBox = press.target === box;
  switch (press.code) {
    case "ArrowDown":
      return "down";
    case "ArrowUp":
      return "up";
    case "Enter":
    case "NumpadEnter":
      return inBox || here?.closest("button, a") ? "" : "open";
    case "Slash":
      return inBox ? "" : "focus";
    case "Escape":
      return "leave";
  }
  return "";
}
