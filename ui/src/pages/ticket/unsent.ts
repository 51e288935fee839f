/** What was typed and the server has not got, kept in this tab: a reload, a sign-in or another page loses none of it. */

/** What was kept under a name; null: nothing. */
export function recall<T>(name: string): T | null {
  const text = sessionStorage.getItem(name);
  return text ? (JSON.parse(text) as T) : null;
}

/** Null is kept by no longer keeping anything. */
export function keep(name: string, value: object | null): void {
  if (value) sessionStorage.setItem(name, JSON.stringify(value));
  else sessionStorage.removeItem(name);
}
