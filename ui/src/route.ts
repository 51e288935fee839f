/** The page in the address bar: #/desk, #/tickets?queue=mine, #/tickets/7, #/knowledge/articles/YB-001, #/users. */
import { ref } from "vue";
import type { PageName } from "./api";

const PAGES: readonly string[] = ["desk", "tickets", "knowledge", "labelling", "configuration", "users"] satisfies PageName[];

/** `more`: what stands behind the id; `query`: what a list is narrowed to. */
export interface Route {
  page: PageName;
  id: string;
  more: string;
  query: string;
}

/** The page that a hash names; the desk when it names none. */
export function parse(hash: string): Route {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page, id = "", ...more] = path.split("/").map(decodeURIComponent);
  return { page: PAGES.includes(page) ? (page as PageName) : "desk", id, more: more.join("/"), query };
}

export const route = ref(parse(location.hash));
/** What the list is narrowed to, also while another page is shown: a list that is left has nothing to choose anew. */
export const listed = ref("");

const isList = ({ page, id }: Route): boolean => page === "tickets" && !id;

function arrived(): void {
  route.value = parse(location.hash);
  if (isList(route.value)) listed.value = route.value.query;
}

arrived();
window.addEventListener("hashchange", arrived);

/** Another page; the list of tickets comes back as it was left. */
export function go(page: PageName, id: string | number = ""): void {
  if (id !== "") location.hash = `/${page}/${id}`;
  else location.hash = page === "tickets" && listed.value ? `/tickets?${listed.value}` : `/${page}`;
}

/** Narrow the list in place: going back leaves it rather than undoing one filter after the other. */
export function narrow(query: string): void {
  if (isList(parse(location.hash))) replace(`tickets?${query}`); // else left meanwhile
}

/** Another address for what is shown already: going back passes it by. */
export function replace(address: string): void {
  history.replaceState(history.state, "", `#/${address}`);
  arrived();
}
