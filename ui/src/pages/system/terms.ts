/** The terms of a rule pack as a table to read. The server alone judges the text. */

export interface Term {
  line: number;
  clock: string;
  conditions: string;
  term: string;
}

export const CLOCKS: Record<string, string> = {
  sign: "签收", contact: "联系诉求人", handle: "办结", return: "申请退单", report: "信息报送", rework: "重办", callback: "回访", review: "挂账复核",
};
const UNITS: Record<string, string> = { working_days: "个工作日", working_hours: "个工作小时", hours: "小时", minutes: "分钟" };
const CONDITIONS = ["urgency", "line", "kind", "nature"];
const PAIR = /^\s*(\w+)\s*=\s*(\[[^\]]*\]|"[^"]*"|\d+)/;

/** The terms that can be read out of the text, in its order; line: counted from 1. */
export function terms(text: string): Term[] {
  const found: { line: number; pairs: Record<string, string> }[] = [];
  let inside = false;
  text.split("\n").forEach((line, i) => {
    if (line.trim().startsWith("[")) inside = line.trim().startsWith("[[term]]");
    if (inside && line.trim().startsWith("[")) found.push({ line: i + 1, pairs: {} });
    const pair = PAIR.exec(line);
    if (inside && pair) found[found.length - 1].pairs[pair[1]] = values(pair[2]);
  });
  return found.map(({ line, pairs }) => {
    const unit = Object.keys(UNITS).find((name) => name in pairs);
    const conditions = CONDITIONS.map((name) => pairs[name]).filter(Boolean).join("、");
    const term = unit ? `${pairs[unit]} ${UNITS[unit]}` : "";
    return { line, clock: CLOCKS[pairs.clock] ?? pairs.clock ?? "", conditions: conditions || "其他", term };
  });
}

const values = (raw: string): string => raw.replace(/[[\]"]/g, "").trim().replace(/\s*,\s*/g, "或");

/** The line that a refusal names; 0 where it names none. */
export const lineOf = (message: string): number => Number(/(?:第\s*(\d+)\s*行|line (\d+))/.exec(message)?.slice(1).find(Boolean) ?? 0);
