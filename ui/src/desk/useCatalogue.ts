/** What a ticket can be sent to and filed under. */
import { computed, shallowRef } from "vue";
import { api } from "../api";

const departments = shallowRef<{ name: string; level: string }[]>([]);
const matters = shallowRef<{ matter1: string; matter2: string }[]>([]);

/** The departments by name, the matters as a tree; loaded once for the page. */
export function useCatalogue() {
  if (!departments.value.length) {
    api.departments().then((found) => (departments.value = found), () => undefined);
    api.matters().then((found) => (matters.value = found), () => undefined);
  }
  const tree = computed(() => {
    const branches = new Map<string, { value: string; label: string; children: { value: string; label: string }[] }>();
    for (const { matter1, matter2 } of matters.value) {
      const branch = branches.get(matter1) ?? { value: matter1, label: matter1, children: [] };
      branch.children.push({ value: matter2, label: matter2 });
      branches.set(matter1, branch);
    }
    return [...branches.values()];
  });
  return { departments, tree };
}
