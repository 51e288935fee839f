import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { shallowRef } from "vue";
import { api, type Detail, Refusal, type Ticket } from "../src/api";
import { useForm } from "../src/pages/ticket/useForm";
import { mounted } from "./mounted";

/** The ticket that the server keeps; an edit of an older version is refused, as there. */
let kept: Ticket;
let editable: string[];
let end: () => void;
let form: ReturnType<typeof useForm>;
const detail = shallowRef<Detail | null>(null);
const now = () => ({ ticket: kept, editable }) as unknown as Detail;
const write = (more: Partial<Ticket>) => (kept = { ...kept, ...more, version: kept.version + 1 });

beforeEach(() => {
  kept = { id: 7, version: 1, title: "", address: "", tags: [], state_label: "草稿" } as unknown as Ticket;
  editable = ["title", "address", "tags"];
  detail.value = now();
  vi.spyOn(api, "ticket").mockImplementation(async () => now());
  vi.spyOn(api, "edit").mockImplementation(async (_id, version, { changes }) => {
    if (version !== kept.version) throw new Refusal("已被别人改过", 409);
    return write(changes as Partial<Ticket>);
  });
  ({ made: form, end } = mounted(() => useForm(detail)));
});
afterEach(async () => {
  end();
  await form.flush();
  sessionStorage.clear();
  vi.restoreAllMocks();
});

test("what is typed is kept, lists as well, and the page has the new version", async () => {
  form.write("title", "路灯不亮");
  form.write("tags", ["路灯"]);
  expect(await form.flush()).toBe(true);
  expect([kept.title, kept.tags, detail.value?.ticket.version, form.dirty.value]).toEqual(["路灯不亮", ["路灯"], 2, false]);
});

test("what another person wrote in other fields comes in without a question", async () => {
  write({ title: "别人写的" });
  form.write("address", "文昌西路");
  expect(await form.flush()).toBe(true);
  expect([kept.title, kept.address, form.conflict.value]).toEqual(["别人写的", "文昌西路", null]);
});

test("where both wrote the same field a person decides; nothing is overwritten before", async () => {
  write({ address: "他们的" });
  form.write("address", "我的");
  expect(await form.flush()).toBe(false);
  expect([kept.address, form.conflict.value?.names, form.value("address")]).toEqual(["他们的", ["address"], "我的"]);
  await form.settle(true);
  expect([kept.address, form.conflict.value]).toEqual(["我的", null]);
});

test("their words stay where the person says so", async () => {
  write({ address: "他们的" });
  form.write("address", "我的");
  await form.flush();
  await form.settle(false);
  expect([kept.address, form.value("address"), form.dirty.value]).toEqual(["他们的", "他们的", false]);
});

test("a ticket that has moved on takes nothing more, and what was typed stays in sight", async () => {
  write({ state_label: "待签收" });
  editable = [];
  form.write("title", "太晚了");
  expect(await form.flush()).toBe(false);
  expect([kept.title, form.value("title"), form.saving.state]).toEqual(["", "太晚了", "refused"]);
  expect(form.saving.message).toContain("待签收");
});

/** The page is left and comes back, with the ticket as the server has it now. */
function again() {
  end();
  detail.value = now();
  ({ made: form, end } = mounted(() => useForm(detail)));
  form.revive();
}

const away = () => vi.mocked(api.edit).mockRejectedValueOnce(new Refusal("网络不通", 0));

test("what could not be saved is there when the page comes back, and is saved then", async () => {
  away();
  form.write("title", "断网时写的");
  expect(await form.flush()).toBe(false);
  again();
  expect(form.value("title")).toBe("断网时写的");
  await form.flush();
  expect(kept.title).toBe("断网时写的");
  again();
  expect(form.dirty.value).toBe(false);
});

test("where another person wrote the same field while the page was away, a person decides", async () => {
  away();
  form.write("address", "我的");
  await form.flush();
  write({ address: "他们的" });
  again();
  expect(form.conflict.value?.names).toEqual(["address"]);
  expect([await form.flush(), kept.address]).toEqual([false, "他们的"]);
  await form.settle(true);
  expect(kept.address).toBe("我的");
});
