/** The order and the widths of a ticket's form; what each field is, the server says. */
import type { Detail, Input } from "../../api";

/** `span`: of six columns. */
export interface Placed extends Input {
  name: string;
  span: number;
}

/** matter2 stands for the whole path of the matter. */
const SPANS: [name: string, span: number][] = [
  ["nature", 6], ["matter2", 6], ["urgency", 2], ["citizen_kind", 2], ["sex", 2], ["citizen_name", 2],
  ["callback_number", 2], ["happened_at", 2], ["district", 2], ["address", 4], ["wants_callback", 2],
  ["confidential", 2], ["title", 6], ["content", 6], ["request", 6], ["department", 6], ["basis", 6], ["answer", 6],
  ["party_concerned", 3], ["party_code", 3], ["tags", 3], ["sensitive", 3], ["grid", 3], ["coordinates", 3],
  ["provincial_number", 3], ["police_number", 3],
];

/** The fields that may be written now. */
export const placed = ({ editable, fields }: Detail): Placed[] =>
  SPANS.filter(([name]) => editable.includes(name) && fields[name]).map(([name, span]) => ({ ...fields[name], name, span }));
