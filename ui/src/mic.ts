/** 试讲: the browser's microphone as a call, 16 kHz L16 over a WebSocket. */
import { socketUrl } from "./api";

export const RATE = 16000;
const FRAME = RATE / 10;

export interface Ports {
  /** Loudness 0–1, ten times a second. */
  level: (level: number) => void;
  /** The microphone is off; a message for the agent when something went wrong. */
  ended: (message: string) => void;
}

/** Brings samples of any rate to 16 kHz by averaging, and cuts them into frames of 100 ms. */
export class Framer {
  private readonly step: number;
  private sum = 0;
  private weight = 0;
  private frame: number[] = [];

  constructor(rate: number) {
    this.step = rate / RATE;
  }

  /** Whole frames out of `samples` (−1…1); the rest waits for the next. */
  push(samples: Float32Array): Int16Array[] {
    const out: Int16Array[] = [];
    for (const sample of samples) {
      this.add(sample, 1);
      if (this.frame.length < FRAME) continue;
      out.push(Int16Array.from(this.frame.splice(0, FRAME)));
    }
    return out;
  }

  private add(sample: number, share: number): void {
    const room = this.step - this.weight;
    const part = Math.min(room, share);
    this.sum += sample * part;
    this.weight += part;
    if (this.weight < this.step - 1e-9) return;
    this.frame.push(pcm16(this.sum / this.step));
    this.sum = this.weight = 0;
    if (share - part > 1e-9) this.add(sample, share - part);
  }
}

const pcm16 = (value: number): number => Math.round(Math.max(-1, Math.min(1, value)) * 32767);

/** Loudness of a frame on a scale that follows the ear: 0 is −60 dB and softer. */
export function loudness(frame: Int16Array): number {
  const power = frame.reduce((sum, value) => sum + value * value, 0) / frame.length / 32767 ** 2;
  return Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-12) / 6));
}

/** What a browser's refusal means and what to do about it. */
export function explain(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError") return "浏览器没有允许使用麦克风：点地址栏左侧的图标，把麦克风改为“允许”，再试一次";
  if (name === "NotFoundError") return "没有找到麦克风：请插好耳麦，再试一次";
  if (name === "NotReadableError") return "麦克风正被别的程序占用：请关掉它，再试一次";
  return `麦克风打不开：${error instanceof Error ? error.message : String(error)}`;
}

export class Microphone {
  private stream: MediaStream | null = null;
  private context: AudioContext | null = null;
  private socket: WebSocket | null = null;

  constructor(private readonly ports: Ports) {}

  /** Ask for the microphone and begin a call on one's own desk. */
  async start(): Promise<void> {
    try {
      if (!navigator.mediaDevices) throw new Error("浏览器只在 https 或本机地址上允许使用麦克风");
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } });
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule("/microphone.js");
      this.connect(this.context, this.stream);
    } catch (error) {
      this.stop(explain(error));
    }
  }

  /** Hang up. */
  stop(message = ""): void {
    const running = this.stream;
    this.stream?.getTracks().forEach((track) => track.stop());
    void this.context?.close();
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
    this.stream = this.context = this.socket = null;
    if (running || message) this.ports.ended(message);
  }

  private connect(context: AudioContext, stream: MediaStream): void {
    const socket = (this.socket = new WebSocket(socketUrl("/api/line/browser")));
    const framer = new Framer(context.sampleRate);
    const node = new AudioWorkletNode(context, "microphone");
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      for (const frame of framer.push(data)) this.send(socket, frame);
    };
    socket.onopen = () => {
      socket.send(JSON.stringify({ format: "L16", rate: RATE, channels: 1 }));
      context.createMediaStreamSource(stream).connect(node);
    };
    socket.onmessage = ({ data }) => {
      const told = JSON.parse(String(data)) as { type: string; message?: string };
      if (told.type === "error") this.stop(told.message);
    };
    socket.onclose = () => this.stop("试讲断开了，请再试一次");
  }

  private send(socket: WebSocket, frame: Int16Array): void {
    this.ports.level(loudness(frame));
    if (socket.readyState === WebSocket.OPEN) socket.send(frame as Int16Array<ArrayBuffer>);
  }
}
