/** The table of holidays: days that are off, days that are worked, years that it covers wholly. */

export interface Holidays {
  years: number[];
  off: string[];
  work: string[];
}

export type Mark = "" | "off" | "work";

const list = (text: string, name: string): string[] => {
  const found = new RegExp(`^${name}\\s*=\\s*\\[([^\\]]*)\\]`, "m").exec(text);
  return found?.[1].match(/\d{4}-\d{2}-\d{2}|\d{4}/g) ?? [];
};

/** The days that a text of the table holds. */
export const read = (text: string): Holidays => ({
  years: list(text, "years").map(Number),
  off: list(text, "off"),
  work: list(text, "work"),
});

/** The text with other days; its comments stay. */
export function write(text: string, days: Holidays): string {
  const quoted = (all: string[]) => all.toSorted().map((day) => `"${day}"`).join(", ");
  const bodies = { years: days.years.toSorted().join(", "), off: quoted(days.off), work: quoted(days.work) };
  return Object.entries(bodies).reduce((out, [name, body]) => put(out, name, `${name} = [${body}]`), text);
}

function put(text: string, name: string, line: string): string {
  const place = new RegExp(`^${name}\\s*=\\s*\\[[^\\]]*\\]`, "m");
  return place.test(text) ? text.replace(place, line) : `${text.trimEnd()}\n${line}\n`;
}

/** How a day is marked. */
export const mark = (days: Holidays, day: string): Mark => (days.off.includes(day) ? "off" : days.work.includes(day) ? "work" : "");

/** The day marked as the other of what it is, or with its mark taken away again. `free`: whether it is off as it is. */
export function toggled(days: Holidays, day: string, free: boolean): Holidays {
  const next: Mark = mark(days, day) ? "" : free ? "work" : "off";
  const without = { ...days, off: days.off.filter((one) => one !== day), work: days.work.filter((one) => one !== day) };
  return next ? { ...without, [next]: [...without[next], day] } : without;
}

/** Saturday or Sunday. */
export const weekend = (day: string): boolean => [0, 6].includes(new Date(`${day}T00:00Z`).getUTCDay());

/** A month's days, with blanks before the first so that weeks begin on Monday. */
export function month(year: number, index: number): string[] {
  const first = new Date(Date.UTC(year, index, 1));
  const count = new Date(Date.UTC(year, index + 1, 0)).getUTCDate();
  const blanks = Array.from({ length: (first.getUTCDay() + 6) % 7 }, () => "");
  const days = Array.from({ length: count }, (_, i) => new Date(Date.UTC(year, index, i + 1)).toISOString().slice(0, 10));
  return [...blanks, ...days];
}
