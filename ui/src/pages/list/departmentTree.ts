/** The departments as a tree to choose from. */
import type { DepartmentRow } from "../../api";

export type Branch = { value: string; label: string; children?: Branch[] };

/** Each department under its parent; one whose parent is unknown stands at the top. */
export function tree(rows: readonly DepartmentRow[]): Branch[] {
  const names = new Set(rows.map((row) => row.name));
  const below = new Map<string, string[]>();
  for (const { name, parent } of rows) {
    const under = names.has(parent) && parent !== name ? parent : "";
    below.set(under, [...(below.get(under) ?? []), name]);
  }
  const branch = (name: string): Branch => {
    const children = (below.get(name) ?? []).map(branch);
    return { value: name, label: name, ...(children.length ? { children } : {}) };
  };
  return (below.get("") ?? []).map(branch);
}

/** The districts that departments belong to, each once. */
export const districts = (rows: readonly DepartmentRow[]): string[] => [
  ...new Set(rows.map((row) => row.district).filter(Boolean)),
];
