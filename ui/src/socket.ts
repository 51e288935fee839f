/** The desk's socket: comes back by itself and goes on behind the last event that was seen, so that none is lost. */
import type { WireEvent } from "./events";

export type Line = "connecting" | "open" | "lost" | "refused";

export interface Ports {
  /** Which call to go on with, behind which event. */
  resume: () => { call: string; after: number };
  /** An event, in order, not a gap. */
  event: (event: WireEvent) => void;
  state: (line: Line) => void;
  /** Opens a socket; a parameter so that tests bring their own. */
  open: (path: string) => WebSocket;
}

const FIRST_WAIT = 500;
const LAST_WAIT = 8000;
const SIGNED_OUT = 4401;

export class DeskSocket {
  private socket: WebSocket | null = null;
  private wait = FIRST_WAIT;
  private timer = 0;
  private closed = false;
  private asked = "";

  constructor(private readonly ports: Ports) {}

  /** Connect, or connect anew where the desk stands now. */
  connect(): void {
    clearTimeout(this.timer);
    this.drop();
    this.ports.state("connecting");
    const { call, after } = this.ports.resume();
    const socket = this.ports.open(`/api/desk?call=${encodeURIComponent(call)}&after=${after}`);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => this.heard(JSON.parse(String(message.data)) as WireEvent);
    socket.onclose = (reason) => this.lost(reason.code);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.drop();
  }

  private opened(): void {
    this.wait = FIRST_WAIT;
    this.ports.state("open");
  }

  private heard(event: WireEvent): void {
    if (this.gap(event)) this.connect();
    else this.ports.event(event);
  }

  /** A kept event is missing before this one. Asked for once; what the server has not kept either is passed over. */
  private gap(event: WireEvent): boolean {
    const { call, after } = this.ports.resume();
    if (event.call !== call || event.seq <= after + 1) return false;
    const place = `${call}:${after}`;
    if (this.asked === place) return false;
    this.asked = place;
    return true;
  }

  private lost(code: number): void {
    this.socket = null;
    if (this.closed) return;
    if (code === SIGNED_OUT) {
      this.ports.state("refused");
      return;
    }
    this.ports.state("lost");
    this.timer = setTimeout(() => this.connect(), this.wait) as unknown as number;
    this.wait = Math.min(this.wait * 2, LAST_WAIT);
  }

  private drop(): void {
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }
}
