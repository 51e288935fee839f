/** An article that fills a gap: begun in the editor with what was asked, found again among the drafts. */
import { keep } from "../../ticket/unsent";
import { blank, tidy } from "../editor/fields";
import type { Body } from "../shapes";
import type { Gap } from "../usageShapes";

const MOST = 200;

/** The body that the editor starts with. `own`: the department of whoever writes, "" for the centre's people. */
export function begun(gap: Pick<Gap, "title" | "examples" | "department">, own: string): Body {
  return { ...blank(own || gap.department), title: gap.title.slice(0, MOST), questions: gap.examples.map((one) => one.slice(0, MOST)) };
}

/** Left where the editor looks for what it has not saved yet. */
export function leave(gap: Pick<Gap, "id" | "title" | "examples" | "department">, own: string): void {
  keep("article:new", { body: begun(gap, own), note: `补缺口：${gap.title}`.slice(0, MOST), gap: gap.id, base: tidy(blank(own)) });
}
