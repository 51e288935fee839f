/** The next steps of a version: which come first, which ask for something before. */
import type { Action, ActionName, VersionRow } from "../shapes";

/** The likeliest first. EDIT is the editor itself. */
const ORDER: ActionName[] = ["submit", "pass", "approve", "publish", "confirm", "send_back", "revert", "withdraw", "drop", "delete"];
const AWKWARD = new Set<ActionName>(["send_back", "withdraw", "drop", "delete"]);
/** Done at once; the others ask first. */
const PLAIN = new Set<ActionName>(["submit", "pass", "approve", "publish"]);

const FORWARD = new Set<ActionName>(["submit", "pass", "approve", "publish"]);

export const awkward = (name: ActionName): boolean => AWKWARD.has(name);
/** The step that takes a version on, which has the key. */
export const onward = (steps: readonly Action[]): Action | null => (steps[0] && FORWARD.has(steps[0].name) ? steps[0] : null);
export const asks = ({ name, reason }: Action): boolean => reason || !PLAIN.has(name);

/** The buttons in order. */
export const buttons = (actions: readonly Action[]): Action[] =>
  ORDER.map((name) => actions.find((one) => one.name === name)).filter((one): one is Action => !!one);

const PAST = ["live", "replaced", "superseded", "expired", "withdrawn"];
const OPEN = ["draft", "first_review", "review", "approved"];

/** Whether a new version can be written out of this one: one is under way at most. */
export const rewritable = (row: Pick<VersionRow, "state">, versions: readonly Pick<VersionRow, "state">[]): boolean =>
  PAST.includes(row.state) && !versions.some((one) => OPEN.includes(one.state));

const WAITS: Record<string, { may: string; step: string }> = {
  first_review: { may: "first_review", step: "初审" },
  review: { may: "review", step: "审核" },
  approved: { may: "review", step: "上线" },
};

/** Why this user, who may review, cannot take the next step of this version; "": nothing stands against it. */
export function hindered(row: Pick<VersionRow, "state" | "author" | "first_reviewer" | "actions">, who: string, may: readonly string[]): string {
  const next = WAITS[row.state];
  if (!next || !may.includes(next.may)) return "";
  if (row.actions.some((one) => ["pass", "approve", "publish"].includes(one.name))) return "";
  if (row.author === who) return `您写的这一版要由另一人${next.step}`;
  if (row.first_reviewer === who) return `您初审过的这一版要由另一人${next.step}`;
  return `这一版要由没有参与编写的人${next.step}`;
}
