/** Everything that the page of one ticket shows, and what is done from it. */
import { ElMessage } from "element-plus";
import { computed, ref, shallowRef } from "vue";
import { type Advice, api, type Cited, type Citizen, type Detail, type Inputs, type Move } from "../../api";
import { without } from "../../cards";
import { usePlayer } from "../../desk/usePlayer";
import type { Card, Department, Heard } from "../../events";
import { go } from "../../route";
import { allows } from "./moves";
import { keep, recall } from "./unsent";
import { useForm } from "./useForm";

/** A citation as people read it. */
export interface Titled extends Cited {
  title: string;
}

interface Asked {
  move: Move;
  values: Inputs;
  make?: (inputs: Inputs) => Promise<unknown>;
}

const CARRIED = ["citizen_name", "callback_number", "citizen_kind", "nature", "matter1", "matter2", "district", "address"] as const;
const UNMASK: Move = { action: "unmask", label: "查看诉求人信息", needs: ["reason"], takes: [] };

export function useTicketPage(id: string) {
  const detail = shallowRef<Detail | null>(null);
  const form = useForm(detail);
  const heard = shallowRef<Heard[]>([]);
  const cited = shallowRef<Titled[]>([]);
  const advice = shallowRef<Advice | null>(null);
  /** Cards taken on this page, for the move that cites them. */
  const taken = shallowRef<Cited[]>([]);
  /** A confidential citizen, for as long as this page is open. */
  const seen = shallowRef<Citizen | null>(null);
  const asked = shallowRef<Asked | null>(null);
  /** Where what is typed into the form of a move is kept until it is sent. */
  const place = (action: string): string => `move:${id}:${action}`;
  const problem = ref("");
  const player = usePlayer(() => ({ call: detail.value?.ticket.call_id ?? "", heard: heard.value }));
  /** A person's name, where the journal tells it. */
  const name = (username: string): string => detail.value?.journal.find((one) => one.actor === username)?.name ?? username;
  const citizen = computed<Citizen>(() => seen.value ?? (detail.value?.ticket as Citizen));

  async function refresh() {
    try {
      detail.value = await api.ticket(id);
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }

  async function load() {
    await refresh();
    const ticket = detail.value?.ticket;
    if (!ticket) return;
    if (!form.dirty.value) form.revive();
    if (ticket.call_id) heard.value = await api.utterances(ticket.call_id).catch(() => []);
    const own = ticket.cited.length || !ticket.call_id ? ticket.cited : await during(ticket.call_id);
    cited.value = await Promise.all(own.map(named));
    if (detail.value?.editable.length) advise();
  }

  const advise = () => void api.suggestions(Number(id)).then((found) => (advice.value = found), () => undefined);

  /** Open the form of a move; what was typed is saved before. */
  async function begin(move: Move, values: Inputs = {}) {
    if (!(await form.flush())) return void ElMessage.warning({ message: `先处理没存上的内容：${form.saving.message}`, grouping: true });
    const cites = taken.value.length && [...move.needs, ...move.takes].includes("cited") ? { cited: taken.value } : {};
    asked.value = { move, values: { ...cites, ...recall<Inputs>(place(move.action)), ...values } };
  }

  /** Ask why, then show the citizen's name and numbers on this page alone. */
  function unmask() {
    const make = async ({ reason }: Inputs) => {
      if (detail.value) seen.value = await api.unmask(detail.value.ticket, String(reason));
    };
    asked.value = { move: UNMASK, values: recall<Inputs>(place(UNMASK.action)) ?? {}, make };
  }

  /** Opened again, the form holds what was typed, whatever happened to the page meanwhile. */
  function typed(values: Inputs) {
    if (asked.value) keep(place(asked.value.move.action), values);
  }

  const close = () => (asked.value = null);

  async function done() {
    const { label = "", action = "" } = asked.value?.move ?? {};
    asked.value = null;
    keep(place(action), null);
    ElMessage.success({ message: `已${label}`, grouping: true });
    await load();
  }

  /** Take a card's answer over, or back out of it. */
  function take(card: Card) {
    const before = String(form.value("answer") ?? "");
    const had = taken.value.some((one) => one.article === card.article);
    taken.value = had
      ? taken.value.filter((one) => one.article !== card.article)
      : [...taken.value, { article: card.article, version: card.version }];
    form.write("answer", had ? without(before, card.text) : [before, card.text].filter(Boolean).join("\n"));
  }

  function choose({ name, basis }: Department) {
    form.write("department", name);
    form.write("basis", basis);
  }

  /** A new request on a closed matter: a ticket of its own that points back. */
  async function link() {
    const ticket = detail.value?.ticket;
    if (!ticket) return;
    const fields = Object.fromEntries(CARRIED.filter((name) => ticket[name]).map((name) => [name, ticket[name]]));
    try {
      const { calling_number } = ticket;
      const made = await api.create({ channel: "phone", calling_number, fields, linked_to: ticket.id }, `link-${ticket.id}-${ticket.version}`);
      go("tickets", made.id);
    } catch (error) {
      ElMessage.error((error as Error).message);
    }
  }

  /** Into one of the tickets that look alike. */
  const merge = (into: string) => {
    const move = detail.value && allows(detail.value, "merge");
    if (move) void begin(move, { into });
  };

  return {
    detail, form, heard, cited, advice, taken, seen, asked, problem, player, citizen, name,
    load, refresh, begin, unmask, typed, close, done, take, choose, link, merge,
  };
}

const during = async (call: string): Promise<Cited[]> =>
  (await api.decisions(call).catch(() => [])).filter((one) => one.decision === "taken");

/** By its title; by its number where the article is gone. */
const named = async (one: Cited): Promise<Titled> =>
  api.article(one.article).then(({ title }) => ({ ...one, title }), () => ({ ...one, title: one.article }));
