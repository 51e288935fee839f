/** The ticket being written: what the copilot filled, what a person touched, what the server has not got yet. */
import type { Department, Filled } from "./events";
import { blank, isName, type Name, NAMES, type Values } from "./fields";

export type Changes = Partial<Values>;

/** What the server must be told: a person's own words, and fields given back to the copilot. */
export interface Edit {
  changes: Changes;
  release: Name[];
}

/** Proposed by the ranking, not heard. */
const PROPOSED: Name[] = ["department", "basis"];

export class Draft {
  form: Values = blank();
  filled: Partial<Record<Name, Filled>> = {};
  touched = new Set<Name>();
  unsaved = new Set<Name>();
  released = new Set<Name>();

  /** Start over for another call. */
  reset(): void {
    this.form = blank();
    this.filled = {};
    this.touched = new Set();
    this.unsaved = new Set();
    this.released = new Set();
  }

  /** What the server has. What was typed here and not saved yet stays. */
  load(values: Partial<Record<Name, string>>, touched: readonly string[]): void {
    for (const name of NAMES) {
      if (this.unsaved.has(name)) continue;
      if (values[name] || touched.includes(name)) this.form[name] = values[name] ?? "";
    }
    for (const name of touched) if (isName(name)) this.touched.add(name);
  }

  /** All that the copilot has found so far; what it no longer finds is taken back. Touched fields stay. */
  fill(fields: Record<string, Filled>): void {
    for (const name of NAMES) {
      const before = this.filled[name];
      const now = fields[name];
      if (PROPOSED.includes(name)) continue;
      this.filled[name] = now;
      if (this.touched.has(name)) continue;
      if (now) this.form[name] = now.value;
      else if (before) this.form[name] = blank()[name];
    }
  }

  /** The department that leads the ranking; null: two are too close, a person decides. */
  propose(department: Department | null): void {
    if (this.touched.has("department")) return;
    this.form.department = department?.name ?? "";
    if (!this.touched.has("basis")) this.form.basis = department?.basis ?? "";
  }

  /** A person chose the department. */
  choose(department: Department): void {
    this.write("department", department.name);
    this.write("basis", department.basis);
  }

  /** A person's own words. */
  write(name: Name, value: string): void {
    this.form[name] = value;
    this.touched.add(name);
    this.unsaved.add(name);
    this.released.delete(name);
  }

  /** A person read the value back and it is right. */
  confirm(name: Name): void {
    this.write(name, this.form[name]);
  }

  /** Back to what the copilot heard, and hears from now on. */
  restore(name: Name): void {
    const filled = this.filled[name];
    if (!filled) return;
    this.form[name] = filled.value;
    this.touched.delete(name);
    this.unsaved.delete(name);
    this.released.add(name);
  }

  /** A phrase of the conversation: the description grows, every other field is replaced. */
  put(name: Name, phrase: string): void {
    const before = this.form[name].trim();
    this.write(name, name === "content" && before ? `${before}\n${phrase}` : phrase);
  }

  /** Filled by the copilot and not touched: shown tinted, with its evidence. */
  tinted(name: Name): boolean {
    return !this.touched.has(name) && !!this.form[name] && (PROPOSED.includes(name) || !!this.filled[name]);
  }

  /** Not heard well; to be read back to the caller. */
  doubtful(name: Name): boolean {
    return this.tinted(name) && !!this.filled[name]?.doubtful;
  }

  /** Touched and by now different from what the copilot hears. */
  restorable(name: Name): boolean {
    const filled = this.filled[name];
    return this.touched.has(name) && !!filled && filled.value !== this.form[name];
  }

  /** What the server must still be told; null: nothing. */
  edit(): Edit | null {
    const edit = { changes: this.changes(), release: [...this.released] };
    return this.unsaved.size || this.released.size ? edit : null;
  }

  /** A person's words that the server has not got yet. */
  changes(): Changes {
    return Object.fromEntries([...this.unsaved].map((name) => [name, this.form[name]]));
  }

  /** The server has kept these; what was typed since stays unsaved. */
  saved({ changes, release }: Edit): void {
    for (const name of release) this.released.delete(name);
    for (const [name, value] of Object.entries(changes)) {
      if (isName(name) && this.form[name] === value) this.unsaved.delete(name);
    }
  }

  /** Unsaved words from before a reload or a crash. */
  revive(changes: Changes): void {
    for (const [name, value] of Object.entries(changes)) if (isName(name)) this.write(name, value);
  }
}

/** The first thing that a ticket lacks before it can be dispatched. */
export function missing(form: Values): Name | null {
  const needed: Name[] = ["nature", "content", "department"];
  return needed.find((name) => !form[name].trim()) ?? null;
}

type Row = Partial<Record<Name, string>>;
const same = (one = "", other = ""): boolean => one.trim() === other.trim();

/** Fields that another person changed since `base` and that now say something else than mine. */
export function disputed(mine: Changes, base: Row, theirs: Row): Name[] {
  const names = Object.keys(mine) as Name[];
  return names.filter((name) => !same(base[name], theirs[name]) && !same(mine[name], theirs[name]));
}
