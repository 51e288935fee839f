/** The terms of a rule pack as a table to read. The server alone judges the text. */

export interface Term {
  line: number;
  clock: string;
  conditions: string;
  term: string;
}

const CLOCKS: Record<string, string> = {
  sign: "签收", contact: "联系诉求人", handle: "办结", return: "申请退单", report: "信息报送", rework: "重办", callback: "回访", review: "挂账复核",
};
const UNITS: Record<string, string> = { working_days: "个工作日", working_hours: "个工作小时", hours: "小时", minutes: "分钟" };
const PAIR = /^\s*(\w+)\s*=\s*(?:"([^"]*)"|(\d+))/;

/** The terms that can be read out of the text, in its order; line: counted from 1. */
export function terms(text: string): Term[] {
  const found: { line: number; pairs: [string, string][] }[] = [];
  let inside = false;
  text.split("\n").forEach((line, i) => {
    if (line.trim().startsWith("[")) inside = line.trim().startsWith("[[term]]");
    if (inside && line.trim().startsWith("[")) found.push({ line: i + 1, pairs: [] });
    const pair = PAIR.exec(line);
    if (inside && pair) found[found.length - 1].pairs.push([pair[1], pair[2] ?? pair[3]]);
  });
  return found.map(({ line, pairs }) => {
    const clock = pairs.find(([name]) => name === "clock")?.[1] ?? "";
    const unit = pairs.find(([name]) => name in UNITS);
    const rest = pairs.filter(([name]) => name !== "clock" && !(name in UNITS)).map(([, value]) => value);
    return { line, clock: CLOCKS[clock] ?? clock, conditions: rest.join("、") || "其他", term: unit ? `${unit[1]} ${UNITS[unit[0]]}` : "" };
  });
}

/** The line that a refusal names; 0 where it names none. */
export const lineOf = (message: string): number => Number(/(?:第\s*(\d+)\s*行|line (\d+))/.exec(message)?.slice(1).find(Boolean) ?? 0);
