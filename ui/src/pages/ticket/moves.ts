/** The moves of a ticket as buttons: which stands first, which are side by side, which wait under “更多”. */
import type { Detail, Inputs, Move, Ticket } from "../../api";

/** What is usually done next, the likeliest first. */
const FORWARD = [
  "claim", "approve", "dispatch", "assign", "sign", "reply", "accept_reply", "accept_return", "grant_extension",
  "grant_pend", "resume", "satisfied", "uphold", "report", "submit", "close", "archive",
];
/** What leaves the ticket where it is, or is seldom done. */
const ASIDE = new Set(["note", "urge", "supervise", "contact", "report", "merge", "unmerge", "link", "escalate"]);
/** Made by a part of the page of its own: the form, the files, the citizen's number. */
const OWN = new Set(["edit", "release", "attach", "unmask", "fill"]);
const AWKWARD = /refuse|send_back|unsatisfied|overturn|dispute/;

export interface Buttons {
  first: Move | null;
  beside: Move[];
  more: Move[];
}

/** Every move once; without what the page offers elsewhere. */
export function buttons(actions: readonly Move[]): Buttons {
  const offered = actions.filter((one) => !OWN.has(one.action));
  const first = FORWARD.map((name) => offered.find((one) => one.action === name)).find(Boolean) ?? null;
  const rest = offered.filter((one) => one !== first);
  return {
    first,
    beside: rest.filter((one) => !ASIDE.has(one.action)),
    more: rest.filter((one) => ASIDE.has(one.action)),
  };
}

/** Whether a move turns something down: its button warns. */
export const awkward = (action: string): boolean => AWKWARD.test(action);

/** The names of the inputs of a move, in the order of the form. */
export const asked = (move: Move): string[] => [...move.needs, ...move.takes];

const FROM_TICKET = new Set(["dispatch", "approve", "submit", "answer", "reply"]);

/** What a move's form starts with: what the ticket says already. */
export function started(move: Move, ticket: Ticket): Inputs {
  const known = ticket as unknown as Inputs;
  const names = asked(move).filter((name) => FROM_TICKET.has(move.action) && known[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, known[name]]));
}

/** The first needed input that is still empty; null: the form may be sent. */
export function lacking(move: Move, values: Inputs): string | null {
  return move.needs.find((name) => isEmpty(values[name])) ?? null;
}

/** What is sent: the inputs that say something. */
export const given = (move: Move, values: Inputs): Inputs =>
  Object.fromEntries(asked(move).flatMap((name) => (isEmpty(values[name]) ? [] : [[name, values[name]]])));

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return !value.length;
  return value === undefined || value === null || !String(value).trim();
}

export const allows = (detail: Detail, action: string): Move | undefined =>
  detail.actions.find((one) => one.action === action);
