/** The keys of the review queue, by physical key; they rest in fields, dialogs and while an input method composes. */
export type Does = "next" | "previous" | "forward" | "back" | "open";

const KEYS: Record<string, Does> = {
  KeyJ: "next",
  ArrowRight: "next",
  KeyK: "previous",
  ArrowLeft: "previous",
  KeyA: "forward",
  KeyR: "back",
  KeyO: "open",
};
export const HINT = "J / K 换一篇，A 通过，R 退回，O 全文";

type Press = Pick<KeyboardEvent, "code" | "altKey" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing" | "repeat" | "target">;

/** What a key press does, or "". A key that is held decides nothing. */
export function does(press: Press, typing: boolean): Does | "" {
  if (typing || press.isComposing || press.altKey || press.shiftKey || press.ctrlKey || press.metaKey) return "";
  if (press.target instanceof Element && press.target.closest("[role=dialog], [role=listbox], [role=menu]")) return "";
  const found = KEYS[press.code] ?? "";
  return press.repeat && (found === "forward" || found === "back") ? "" : found;
}
