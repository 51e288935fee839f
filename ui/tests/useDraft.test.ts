import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { shallowRef } from "vue";
import { Refusal } from "../src/api";
import { kb } from "../src/pages/knowledge/api";
import { usage } from "../src/pages/knowledge/usageApi";
import { leave } from "../src/pages/knowledge/gaps/written";
import { blank } from "../src/pages/knowledge/editor/fields";
import { disputed, merged, useDraft } from "../src/pages/knowledge/editor/useDraft";
import type { Body, Version } from "../src/pages/knowledge/shapes";
import { mounted } from "./mounted";

/** The version that the server keeps; an edit of an older one is refused, as there. */
let kept: Version;
let end: () => void;
let draft: ReturnType<typeof useDraft>;
const version = shallowRef<Version | null>(null);
const EDIT = { name: "edit" as const, label: "修改", reason: false };
const body = (more: Partial<Body> = {}): Body => ({ ...blank(), title: "标题", slices: [{ text: "正文", clause: "" }], ...more });
const shown = (): Version | null => version.value;
const theirs = (more: Partial<Body>) => (kept = { ...kept, content: { ...kept.content, ...more }, seen: kept.seen + 1 });

function start() {
  ({ made: draft, end } = mounted(() => useDraft(version)));
  draft.load();
}

beforeEach(() => {
  kept = { id: "ZS-0001", version: 1, seen: 1, note: "", state_label: "草稿", actions: [EDIT], content: body() } as unknown as Version;
  version.value = kept;
  vi.spyOn(kb, "version").mockImplementation(async () => kept);
  vi.spyOn(kb, "write").mockImplementation(async (content, note) => (kept = { ...kept, id: "ZS-0335", content, note }));
  vi.spyOn(kb, "edit").mockImplementation(async ({ seen }, content, note) => {
    if (seen !== kept.seen) throw new Refusal("已被别人改过", 409);
    return (kept = { ...kept, content, note, seen: kept.seen + 1 });
  });
  start();
});
afterEach(async () => {
  end();
  await draft.flush();
  sessionStorage.clear();
  vi.restoreAllMocks();
});

test("what is written is kept, and an empty slice at its end stays on the page", async () => {
  draft.change({ slices: [{ text: "改过的正文", clause: "第一条" }, { text: "", clause: "" }] });
  expect(await draft.flush()).toBe(true);
  expect([kept.content.slices.length, draft.body.value.slices.length, draft.dirty.value]).toEqual([1, 2, false]);
});

test("a new article gets its number with the first save, and the next save writes on it", async () => {
  version.value = null;
  draft.load();
  draft.change({ title: "新文章" });
  expect([await draft.flush(), vi.mocked(kb.write).mock.calls.length]).toEqual([true, 0]);
  draft.change({ slices: [{ text: "正文", clause: "" }] });
  await draft.flush();
  draft.change({ title: "新文章的标题" });
  await draft.flush();
  expect([shown()?.id, kept.content.title, vi.mocked(kb.write).mock.calls.length]).toEqual(["ZS-0335", "新文章的标题", 1]);
});

test("an article that was begun for a gap is linked to it once it has a number", async () => {
  const link = vi.spyOn(usage, "linkGap").mockResolvedValue({} as never);
  leave({ id: 7, title: "电梯维修基金怎么用", examples: [], department: "住建局" }, "");
  version.value = null;
  draft.load();
  draft.change({ slices: [{ text: "正文", clause: "" }] });
  await draft.flush();
  draft.change({ title: "电梯维修基金" });
  await draft.flush();
  expect(link.mock.calls).toEqual([[7, "ZS-0335"]]);
});

test("what another person changed elsewhere comes in without a question", async () => {
  theirs({ source: "别人写的来源" });
  draft.change({ title: "我的标题" });
  expect(await draft.flush()).toBe(true);
  expect([kept.content.title, kept.content.source, draft.body.value.source, draft.conflict.value]).toEqual(["我的标题", "别人写的来源", "别人写的来源", null]);
});

test("where both changed the same, nothing is overwritten before a person has decided", async () => {
  theirs({ title: "他们的" });
  draft.change({ title: "我的" });
  expect(await draft.flush()).toBe(false);
  expect([kept.content.title, draft.conflict.value?.names]).toEqual(["他们的", ["title"]]);
  await draft.settle(true);
  expect([kept.content.title, draft.conflict.value]).toEqual(["我的", null]);
});

test("their words stay where the person says so, and can be undone", async () => {
  theirs({ title: "他们的" });
  draft.change({ title: "我的" });
  await draft.flush();
  await draft.settle(false);
  expect([kept.content.title, draft.body.value.title, draft.dirty.value]).toEqual(["他们的", "他们的", false]);
  draft.undo();
  expect(draft.body.value.title).toBe("我的");
});

test("a version that has been submitted takes nothing more, and what was written stays in sight", async () => {
  theirs({});
  kept = { ...kept, actions: [], state_label: "待初审" };
  draft.change({ title: "太晚了" });
  expect(await draft.flush()).toBe(false);
  expect([kept.content.title, draft.body.value.title, draft.saving.state]).toEqual(["标题", "太晚了", "refused"]);
  expect(draft.saving.message).toContain("待初审");
});

test("what could not be saved is there when the page comes back", async () => {
  vi.mocked(kb.edit).mockRejectedValueOnce(new Refusal("网络不通", 0));
  draft.change({ title: "断网时写的" });
  expect(await draft.flush()).toBe(false);
  end();
  version.value = kept;
  start();
  expect(draft.body.value.title).toBe("断网时写的");
  await draft.flush();
  expect(kept.content.title).toBe("断网时写的");
});

test("undo goes back and forth", () => {
  draft.change({ title: "一" });
  draft.change({ title: "二" });
  draft.undo();
  expect([draft.body.value.title, draft.steps]).toEqual(["一", { back: true, on: true }]);
  draft.redo();
  expect(draft.body.value.title).toBe("二");
});

test("only what both changed differently is in dispute", () => {
  const base = body();
  const mine = body({ title: "我", region: "邗江区", tags: ["甲"] });
  const other = body({ title: "他", source: "来源", tags: ["甲"] });
  expect(disputed(mine, base, other)).toEqual(["title"]);
  expect(merged(mine, base, other)).toMatchObject({ title: "我", region: "邗江区", source: "来源" });
});
