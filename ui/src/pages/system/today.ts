/** Today in China, as date fields take it. */
export const today = (now = new Date()): string => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(now);
