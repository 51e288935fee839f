/** What was done can be undone and done again; typing on at one place is one step. */
export class Undo<T> {
  private past: T[] = [];
  private future: T[] = [];
  private place = "";
  private at = 0;

  constructor(
    private readonly most = 200,
    private readonly pause = 1500,
  ) {}

  /** Remember what stood before a change. `place`: where it was made; "" begins a step of its own. */
  push(before: T, place: string, now: number): void {
    const same = place !== "" && place === this.place && now - this.at < this.pause;
    if (!same) this.past = [...this.past, before].slice(-this.most);
    this.future = [];
    this.place = place;
    this.at = now;
  }

  /** The state before the last step; null: there is none. */
  undo(now: T): T | null {
    return this.step("past", "future", now);
  }

  /** The state that was undone last; null: there is none. */
  redo(now: T): T | null {
    return this.step("future", "past", now);
  }

  /** Whether there is a step to go back, and one to go on. */
  get has(): { back: boolean; on: boolean } {
    return { back: this.past.length > 0, on: this.future.length > 0 };
  }

  private step(from: "past" | "future", to: "past" | "future", now: T): T | null {
    const found = this[from].at(-1);
    if (found === undefined) return null;
    this[from] = this[from].slice(0, -1);
    this[to] = [...this[to], now];
    this.place = "";
    return found;
  }
}
