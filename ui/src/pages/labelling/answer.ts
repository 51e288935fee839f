/** A label while it is being given: what is chosen, what it still lacks, how it is sent. */
import type { Choice, DisputedLabel, LabelIn, LabelItem } from "./shapes";

/** `title`: of the article, for the screen. */
export interface Answer extends LabelIn {
  title: string;
}

const EMPTY: Answer = { choice: "", text: "", article: "", title: "", slice: -1, matter1: "", matter2: "", department: "" };

/** Words that were heard are corrected in place; everywhere else the text belongs to a choice. */
export const corrects = (item: LabelItem): boolean => item.clip !== null;

/** The answer that an item starts with: what was said before, or what was heard. */
export function begin(item: LabelItem): Answer {
  if (item.mine) return { ...EMPTY, ...item.mine, text: item.mine.text || (corrects(item) ? item.text : "") };
  return { ...EMPTY, text: corrects(item) ? item.text : "" };
}

/** The choice behind a key, or undefined. */
export const behind = (item: LabelItem, key: string): Choice | undefined => item.choices.find((one) => one.key === key);

const chosen = (item: LabelItem, answer: Answer): Choice | undefined =>
  item.choices.find((one) => one.value === answer.choice);

/** What the choice needs: "" | text | article | route. */
export const needed = (item: LabelItem, answer: Answer): Choice["needs"] => chosen(item, answer)?.needs ?? "";

/** Heard words that were changed are corrected, untouched ones right: unless something else was chosen. */
export function corrected(item: LabelItem, answer: Answer): string {
  if (!corrects(item) || !["", "right", "corrected"].includes(answer.choice)) return answer.choice;
  return answer.text.trim() === item.text.trim() ? "right" : "corrected";
}

/** What is missing, in words; "" when the answer can be sent. */
export function lack(item: LabelItem, answer: Answer): string {
  const choice = chosen(item, { ...answer, choice: corrected(item, answer) });
  if (!choice) return "按数字键选一项";
  if (choice.needs === "text" && !answer.text.trim()) return choice.ask || "请填写文字";
  if (choice.needs === "article" && !answer.article) return "请选出能回答它的条目";
  if (choice.needs === "route" && !(answer.matter2 && answer.department)) return choice.ask || "请选事项和承办单位";
  return "";
}

/** As it is sent: nothing that the choice does not need goes along. */
export function sent(item: LabelItem, answer: Answer): LabelIn {
  const choice = corrected(item, answer);
  const needs = item.choices.find((one) => one.value === choice)?.needs ?? "";
  return {
    choice,
    text: needs === "text" ? answer.text.trim() : "",
    article: needs === "article" ? answer.article : "",
    slice: needs === "article" ? answer.slice : -1,
    matter1: needs === "route" ? answer.matter1 : "",
    matter2: needs === "route" ? answer.matter2 : "",
    department: needs === "route" ? answer.department : "",
  };
}

/** One of two labels in dispute, as an answer to go on from. */
export const taking = ({ label: _, ...given }: DisputedLabel): Answer => ({ ...EMPTY, ...given });

/** What a label says beside its choice. */
export function detail(label: DisputedLabel): string {
  const route = [[label.matter1, label.matter2].filter(Boolean).join(" / "), label.department].filter(Boolean).join(" → ");
  return label.text || (label.article && (label.title || label.article)) || route;
}
