/** What is edited and not yet published stays in this tab, by kind: leaving the page or a reload costs nothing. */
import { shallowRef } from "vue";
import type { Body } from "./body";

/** `base`: the version that it was edited from. */
export interface Draft {
  base: number;
  body: Body;
}

const KEY = "12345-drafts";
export const drafts = shallowRef<Record<string, Draft>>(JSON.parse(sessionStorage.getItem(KEY) ?? "{}"));

/** Keep a kind's draft, or forget it. */
export function keep(kind: string, draft: Draft | null): void {
  const { [kind]: _, ...others } = drafts.value;
  drafts.value = draft ? { ...others, [kind]: draft } : others;
  sessionStorage.setItem(KEY, JSON.stringify(drafts.value));
}
