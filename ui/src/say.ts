/** Times and numbers as people read them. */

/** Seconds as mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

/** A phone number with its middle hidden. */
export const masked = (number: string): string => number.replace(/^(\d{3})\d{4}(\d{4})$/, "$1****$2");

/** A moment of the server; a time without a zone is UTC. */
export const moment = (iso: string): Date => new Date(/Z|[+-]\d\d:\d\d$/.test(iso) ? iso : `${iso}Z`);

const SHORT = new Intl.DateTimeFormat("zh-CN", {
  month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
});

/** Month, day, hour and minute in China. */
export const when = (iso: string): string => SHORT.format(moment(iso)).replace(/\//g, "-");

/** How long ago, in the largest unit. */
export function ago(iso: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - moment(iso).getTime()) / 60000));
  if (minutes < 1) return "刚刚";
  if (minutes < 60) return `${minutes} 分钟前`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} 小时前`;
  return minutes < 43200 ? `${Math.floor(minutes / 1440)} 天前` : `${Math.floor(minutes / 43200)} 个月前`;
}

/** How a due date stands: over, within a day, or with time left. */
export function due(iso: string | null, now = Date.now()): "" | "over" | "near" | "far" {
  if (!iso) return "";
  const left = moment(iso).getTime() - now;
  return left < 0 ? "over" : left < 86400000 ? "near" : "far";
}

/** The time until a due date, or since, in plain words. */
export function remaining(iso: string, now = Date.now()): string {
  const minutes = (moment(iso).getTime() - now) / 60000;
  return minutes < 0 ? `超期 ${lasting(-minutes)}` : `还剩 ${lasting(minutes)}`;
}

function lasting(minutes: number): string {
  if (minutes < 60) return `${Math.max(1, Math.floor(minutes))} 分钟`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`;
}

/** A 0–1 score in per cent. */
export const percent = (score: number): string => `${Math.round(score * 100)}%`;
