/** Puts text into a field as if it were typed: at the cursor, told to whoever listens to the field. */

/** False, and nothing changed, where the field has no room for it. */
export function insert(field: HTMLTextAreaElement, text: string): boolean {
  const [from, to] = [field.selectionStart, field.selectionEnd];
  const before = field.value.slice(0, from);
  const piece = before && !before.endsWith("\n") && from === field.value.length ? `\n${text}` : text;
  if (field.maxLength >= 0 && field.value.length - (to - from) + piece.length > field.maxLength) return false;
  field.setRangeText(piece, from, to);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.setSelectionRange(from + piece.length, from + piece.length);
  return true;
}
