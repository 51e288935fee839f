/** Requests to the server. A refusal is thrown as a Refusal whose message may be shown. */

/** status: of HTTP; 0 when the server was not reached. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Told when the session has ended, so that the page can ask to sign in again. */
export const signedOut = new EventTarget();

/** The address of one of our own sockets. */
export const socketUrl = (path: string): string => location.origin.replace(/^http/, "ws") + path;

/** `key`: makes a write that is sent again happen once. */
export async function ask<T>(method: string, path: string, body?: unknown, key = ""): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && path !== "session") headers["Idempotency-Key"] = key || fresh();
  const answer = await fetch(`/api/${path}`, { method, headers, body: JSON.stringify(body) }).catch(() => {
    throw new Refusal("网络不通，内容已保留在本机，恢复后自动重试", 0);
  });
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : undefined) as T;
  if (answer.status === 401 && path !== "session") signedOut.dispatchEvent(new Event("out"));
  throw new Refusal(detail(text), answer.status);
}

function detail(text: string): string {
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? "";
  } catch {
    return "服务没有响应，请稍后重试";
  }
}

/** A key that no other write has. */
const fresh = (): string => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("");

export const at = encodeURIComponent;

/** A query string; lists are repeated, what is empty is left out. */
export function query(values: Record<string, string | number | readonly string[]>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of [value].flat()) if (one !== "") out.append(name, String(one));
  }
  return out.toString();
}
