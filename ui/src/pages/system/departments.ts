/** The table of departments as a tree. */
import type { Row } from "./body";

export interface Node {
  row: Row;
  at: number;
  depth: number;
}

/** The rows in the order of the tree, each with its place in the table. Rows that hang on no known one come at the top. */
export function tree(rows: readonly Row[]): Node[] {
  const names = new Set(rows.map((row) => row.name));
  const below = new Map<unknown, Node[]>();
  rows.forEach((row, at) => {
    const parent = names.has(row.parent) && row.parent !== row.name ? row.parent : "";
    below.set(parent, [...(below.get(parent) ?? []), { row, at, depth: 0 }]);
  });
  const out: Node[] = [];
  const walk = (parent: unknown, depth: number) => {
    for (const node of below.get(parent) ?? []) {
      out.push({ ...node, depth });
      walk(node.row.name, depth + 1);
    }
  };
  walk("", 0);
  return out;
}

/** The rows with one changed; those below it follow a new name. */
export function replaced(rows: readonly Row[], at: number, row: Row): Row[] {
  const before = rows[at].name;
  return rows.map((one, i) => (i === at ? row : one.parent === before ? { ...one, parent: row.name } : one));
}
