import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick, ref } from "vue";
import { api, type Asked, Refusal, type Ticket, type TicketPage } from "../src/api";
import { blank } from "../src/pages/list/asked";
import { useSelection } from "../src/pages/list/useSelection";
import { useTickets } from "../src/pages/list/useTickets";
import { mounted } from "./mounted";

const asked = ref<Asked | null>(null);
/** The questions that the server has got and not answered yet. */
let open: { asked: Partial<Asked>; cursor: string; answer: (page: TicketPage) => void; refuse: (error: Error) => void }[];
let list: ReturnType<typeof useTickets>;
let selection: ReturnType<typeof useSelection>;
let end: () => void;

const page = (ids: number[], next: string | null = null) => ({ items: ids.map((id) => ({ id }) as Ticket), next });
const ids = () => list.rows.value.map((row) => row.id);
const settled = async () => {
  for (let n = 0; n < 4; n += 1) await nextTick();
};

beforeEach(() => {
  open = [];
  asked.value = null;
  sessionStorage.clear();
  vi.spyOn(api, "tickets").mockImplementation(
    (what, cursor = "") =>
      new Promise((answer, refuse) => open.push({ asked: what, cursor, answer, refuse })),
  );
  ({ made: [list, selection], end } = mounted(() => {
    const made = useTickets(() => asked.value);
    return [made, useSelection(() => made.rows.value)] as const;
  }));
});
afterEach(() => {
  end();
  vi.restoreAllMocks();
});

async function ask(what: Partial<Asked>) {
  asked.value = { ...blank(), ...what };
  await nextTick();
}

test("nothing is asked until it is known what to show; work then comes by its due date", async () => {
  expect(open).toEqual([]);
  await ask({ queue: "late" });
  expect([open[0].asked.queue, open[0].asked.sort]).toEqual(["late", "due"]);
});

test("an answer that comes late does not replace what was asked for since", async () => {
  await ask({ q: "停" });
  await ask({ q: "停水" });
  open[1].answer(page([2]));
  await settled();
  open[0].answer(page([1]));
  await settled();
  expect([ids(), list.loading.value]).toEqual([[2], false]);
});

test("more goes on behind the last row and is asked for once", async () => {
  await ask({ queue: "all" });
  open[0].answer(page([1, 2], "after-2"));
  await settled();
  selection.toggle(2);
  list.more();
  list.more();
  expect(open.slice(1).map((one) => one.cursor)).toEqual(["after-2"]);
  open[1].answer(page([3]));
  await settled();
  expect([ids(), list.next.value, selection.selected.value.map((row) => row.id)]).toEqual([[1, 2, 3], null, [2]]);
});

test("a refusal is told in its own words and leaves the rows where they are", async () => {
  await ask({ queue: "all" });
  open[0].answer(page([1], "after-1"));
  await settled();
  list.more();
  open[1].refuse(new Refusal("服务没有响应，请稍后重试", 503));
  await settled();
  expect([list.problem.value, ids(), list.next.value]).toEqual(["服务没有响应，请稍后重试", [1], "after-1"]);
});

test("what is no longer listed is no longer selected; the keyboard stands on the ticket that was opened", async () => {
  await ask({ queue: "all" });
  open[0].answer(page([1, 2, 3]));
  await settled();
  selection.choose([1, 3]);
  selection.opening(3);
  void list.load();
  open[1].answer(page([2, 3]));
  await settled();
  expect([selection.selected.value.map((row) => row.id), selection.cursor.value]).toEqual([[3], 1]);
});
