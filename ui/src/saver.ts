/** Saves a draft as it is typed: debounced, one request at a time, again and again while the network is away. */
import type { Edit } from "./draft";

export type SaveState = "clean" | "waiting" | "saving" | "offline" | "refused";

export interface Ports<E> {
  /** What is still to be saved; null: nothing. */
  edit: () => E | null;
  /** Keeps it; throws an Error with `status` (0: the network). */
  send: (edit: E) => Promise<void>;
  /** Called whenever `state`, `at` or `message` changed. */
  told: () => void;
}

const DEBOUNCE = 800;
const FIRST_RETRY = 1000;
const LAST_RETRY = 15000;

export class Saver<E = Edit> {
  state: SaveState = "clean";
  at = 0;
  message = "";
  private timer = 0;
  private retry = FIRST_RETRY;
  private running: Promise<boolean> | null = null;

  constructor(private readonly ports: Ports<E>) {}

  /** Something was typed. */
  touch(): void {
    this.say(this.state === "offline" ? "offline" : "waiting");
    this.plan(DEBOUNCE);
  }

  /** Save now. True: the server has everything. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    this.running = this.run();
    try {
      return await this.running;
    } finally {
      this.running = null;
    }
  }

  /** Forget what was planned: another call begins, or the desk is left. */
  stop(): void {
    clearTimeout(this.timer);
    this.at = 0;
    this.say("clean");
  }

  private async run(): Promise<boolean> {
    const edit = this.ports.edit();
    if (!edit) {
      this.say("clean");
      return true;
    }
    this.say("saving");
    try {
      await this.ports.send(edit);
    } catch (error) {
      return this.failed(error as Error & { status?: number });
    }
    this.retry = FIRST_RETRY;
    this.at = Date.now();
    const more = !!this.ports.edit();
    this.say(more ? "waiting" : "clean");
    if (more) this.plan(DEBOUNCE);
    return !more;
  }

  private failed(error: Error & { status?: number }): boolean {
    const passing = !error.status || error.status >= 500;
    this.say(passing ? "offline" : "refused", error.message);
    if (passing) {
      this.plan(this.retry);
      this.retry = Math.min(this.retry * 2, LAST_RETRY);
    }
    return false;
  }

  private plan(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), wait) as unknown as number;
  }

  private say(state: SaveState, message = ""): void {
    this.state = state;
    this.message = message;
    this.ports.told();
  }
}
