/** The page in the address bar: #/desk, #/tickets?queue=mine, #/tickets/7, #/knowledge, #/configuration, #/users. */
import { ref } from "vue";
import type { PageName } from "./api";

const PAGES: readonly string[] = ["desk", "tickets", "knowledge", "configuration", "users"] satisfies PageName[];

/** `query`: what a list is narrowed to. */
export interface Route {
  page: PageName;
  id: string;
  query: string;
}

/** The page that a hash names; the desk when it names none. */
export function parse(hash: string): Route {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page, id = ""] = path.split("/");
  return { page: PAGES.includes(page) ? (page as PageName) : "desk", id: decodeURIComponent(id), query };
}

export const route = ref(parse(location.hash));
let list = "";

function arrived(): void {
  route.value = parse(location.hash);
  if (route.value.page === "tickets" && !route.value.id) list = route.value.query;
}

arrived();
window.addEventListener("hashchange", arrived);

/** Another page; the list of tickets comes back as it was left. */
export function go(page: PageName, id: string | number = ""): void {
  if (id !== "") location.hash = `/${page}/${id}`;
  else location.hash = page === "tickets" && list ? `/tickets?${list}` : `/${page}`;
}

/** Narrow the list in place: going back leaves it rather than undoing one filter after the other. */
export function narrow(query: string): void {
  const { page, id } = parse(location.hash);
  if (page !== "tickets" || id) return; // left meanwhile
  history.replaceState(history.state, "", `#/tickets?${query}`);
  arrived();
}
