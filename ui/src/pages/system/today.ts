/** Today in China, as date fields take it. */
export const today = (now = new Date()): string => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(now);

/** Now in China, as moment fields take it. */
export const thisMinute = (now = new Date()): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" }).format(now).replace(" ", "T");
