/** Sends a request with its files, and asks how far it is. */
import type { Request } from "./request";

/** What the citizen keeps. advice: where there is danger, whom to call at once. */
export interface Filed {
  number: string;
  code: string;
  advice: string;
}

export interface Stand {
  number: string;
  state_label: string;
  created_at: string;
  updated_at: string;
  answer: string;
}

const OFFLINE = "网络不通，没有提交成功，请稍后再试";
const SILENT = "服务没有响应，请稍后再试，急事请直接拨打 12345";

/** A form that is sent again unchanged, after a line that broke, is filed once. */
export class Sending {
  private before = "";
  private key = "";

  /** `progress`: the share that was sent, 0–1. Throws an Error whose message may be shown. */
  send(said: Request, files: readonly File[], progress: (share: number) => void): Promise<Filed> {
    const body = form(said, files);
    const key = this.keyOf(JSON.stringify([said, files.map((one) => [one.name, one.size, one.lastModified])]));
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("POST", "/api/web-form");
      request.setRequestHeader("Idempotency-Key", key);
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = () => failed(new Error(OFFLINE));
      request.onload = () => {
        if (request.status < 300) done(JSON.parse(request.responseText) as Filed);
        else failed(new Error(detail(request.responseText)));
      };
      request.send(body);
    });
  }

  private keyOf(content: string): string {
    if (content !== this.before) this.key = fresh();
    this.before = content;
    return this.key;
  }
}

/** How far a request is. Throws an Error whose message may be shown. */
export async function ask(number: string, code: string): Promise<Stand> {
  const path = `/api/web-form/${encodeURIComponent(number)}?${new URLSearchParams({ code })}`;
  const answer = await fetch(path).catch(() => {
    throw new Error("网络不通，请稍后再查");
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(detail(text));
  return JSON.parse(text) as Stand;
}

function form(said: Request, files: readonly File[]): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(said)) if (value !== "") body.append(name, String(value));
  for (const file of files) body.append("files", file);
  return body;
}

function detail(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail || SILENT;
  } catch {
    return SILENT;
  }
}

const fresh = (): string => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("");
