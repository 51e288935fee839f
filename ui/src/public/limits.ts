/** What the server takes of a request; it alone refuses, so that a form without them works as well. */

/** `least`: characters of what happened; `most`: of each field; `bytes`: of all files together; `types`: endings. */
export interface Limits {
  open: boolean;
  least: number;
  most: Record<string, number>;
  files: number;
  bytes: number;
  types: string[];
}

/** The limits; none while the server does not answer. */
export const limits = (): Promise<Limits | null> =>
  fetch("/api/web-form").then(
    (answer) => (answer.ok ? (answer.json() as Promise<Limits>) : null),
    () => null,
  );
