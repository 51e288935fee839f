/** Where the cursor goes. */
import type { Name } from "../fields";

/** Put the cursor into a field; `open`: its list as well. */
export function focusField(name: Name, open = false): void {
  const field = document.getElementById(`field-${name}`);
  const input = field?.querySelector<HTMLElement>("input, textarea");
  if (!input) return;
  input.focus();
  if (open && input.getAttribute("aria-expanded") !== "true") input.click();
}

/** Put the cursor into the search box of the suggestions. */
export function focusSearch(): void {
  const input = document.querySelector<HTMLInputElement>("#search");
  input?.focus();
  input?.select();
}
