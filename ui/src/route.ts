/** The page in the address bar: #/desk, #/tickets, #/tickets/7, #/knowledge. */
import { ref } from "vue";

export type Page = "desk" | "tickets" | "knowledge";

export interface Route {
  page: Page;
  id: string;
}

/** The page that a hash names; the desk when it names none. */
export function parse(hash: string): Route {
  const [page, id = ""] = hash.replace(/^#\/?/, "").split("/");
  return { page: page === "tickets" || page === "knowledge" ? page : "desk", id: decodeURIComponent(id) };
}

export const route = ref(parse(location.hash));
window.addEventListener("hashchange", () => (route.value = parse(location.hash)));

export function go(page: Page, id: string | number = ""): void {
  location.hash = id === "" ? `/${page}` : `/${page}/${id}`;
}
