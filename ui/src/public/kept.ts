/** What was typed stays in this tab until it is sent: a reload or a failed line costs nothing. */
import { reactive, watch } from "vue";
import { blank, type Request } from "./request";

const KEY = "12345-request";

/** The request as it was left in this tab. */
export function kept(): Request {
  const said = reactive(blank());
  try {
    Object.assign(said, JSON.parse(sessionStorage.getItem(KEY) ?? "{}"));
  } catch {
    sessionStorage.removeItem(KEY);
  }
  watch(said, () => sessionStorage.setItem(KEY, JSON.stringify(said)));
  return said;
}

/** Nothing is left for whoever uses this device next. */
export function forget(said: Request): void {
  Object.assign(said, blank());
  sessionStorage.removeItem(KEY);
}
