import { afterEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";
import { api, type ConfigurationColumn, type ConfigurationDetail, type ConfigurationVersion, Refusal } from "../src/api";
import { differences, earlier, type Row } from "../src/pages/system/body";
import { replaced, tree } from "../src/pages/system/departments";
import { drafts } from "../src/pages/system/drafts";
import * as holidays from "../src/pages/system/holidays";
import { lineOf, terms } from "../src/pages/system/terms";
import { useKind } from "../src/pages/system/useKind";

const columns: ConfigurationColumn[] = [
  { name: "name", label: "标签", kind: "text", choices: [] },
  { name: "active", label: "启用", kind: "switch", choices: [] },
];
const row = (name: string, active = true): Row => ({ name, active });
const rulePack = `office_hours = ["08:30-12:00"]
[limits]
returns = 2

# 签收
[[term]]
clock = "sign"
line = "12315"
nature = ["投诉", "举报"]
working_days = 7         # 是否受理

[[term]]
clock = "handle"
kind = "企业"
nature = "咨询"
working_days = 2
amber_days = 1

[[alert]]
clock = "handle"
days = 0
`;
const holidayTable = "# 节假日补充表\nyears = []\noff = []\nwork = [] # 调休\n";
afterEach(() => vi.restoreAllMocks());

test("rows that came, went and changed are told apart", () => {
  const found = differences([row("甲"), row("乙"), row("丙")], [row("甲"), row("乙", false), row("丁")], columns);
  expect(found.map((one) => [one.what, one.name])).toEqual([["修改", "乙"], ["新增", "丁"], ["删除", "丙"]]);
  expect(found[0]).toMatchObject({ before: "启用：是", after: "启用：否" });
});

test("another order alone is a difference, the same order is none", () => {
  expect(differences([row("甲"), row("乙")], [row("乙"), row("甲")], columns).map((one) => one.what)).toEqual(["移动"]);
  expect(differences([row("甲")], [row("甲")], columns)).toEqual([]);
});

test("texts are compared line by line", () => {
  const found = differences("一\n二\n三", "一\n贰\n三\n四", columns);
  expect(found.map((one) => one.what + (one.before || one.after))).toEqual(["删除二", "新增贰", "新增四"]);
});

test("taking a version back restores what held on its day, not one that is still to come", () => {
  const from = (version: number, effective_from: string) => ({ version, effective_from }) as ConfigurationVersion;
  const versions = [from(3, "2026-12-01"), from(2, "2027-01-01"), from(1, "2026-11-01")];
  expect(versions.map((one) => earlier(versions, one))).toEqual([1, 1, 0]);
});

test("the terms of a pack are read as a table, and nothing else of it", () => {
  expect(terms(rulePack)).toEqual([
    { line: 6, clock: "签收", conditions: "12315、投诉或举报", term: "7 个工作日" },
    { line: 12, clock: "办结", conditions: "企业、咨询", term: "2 个工作日" },
  ]);
});

test("a refusal names its line", () => {
  expect([lineOf("第 12 行写错了"), lineOf("Invalid value (at line 3, column 7)"), lineOf("没有说")]).toEqual([12, 3, 0]);
});

test("a day is marked as the other of what it is, and unmarked again; the comments of the table stay", () => {
  const text = holidayTable;
  const days = holidays.toggled(holidays.toggled(holidays.read(text), "2027-01-01", false), "2027-01-03", true);
  expect(days).toEqual({ years: [], off: ["2027-01-01"], work: ["2027-01-03"] });
  const written = holidays.write(text, { ...days, years: [2027] });
  expect(holidays.read(written)).toEqual({ ...days, years: [2027] });
  expect([written.split("\n")[0], written.includes("# 调休")]).toEqual(["# 节假日补充表", true]);
  expect(holidays.toggled(days, "2027-01-01", false).off).toEqual([]);
});

test("a month begins on Monday", () => {
  expect(holidays.month(2026, 1).slice(0, 7)).toEqual(["", "", "", "", "", "", "2026-02-01"]);
  expect(holidays.month(2028, 1).at(-1)).toBe("2028-02-29");
});

test("departments hang below their parent and follow its new name", () => {
  const rows = [{ name: "街道", parent: "区" }, { name: "区", parent: "" }, { name: "市", parent: "不在" }];
  expect(tree(rows).map(({ row: one, depth }) => [one.name, depth])).toEqual([["区", 0], ["街道", 1], ["市", 0]]);
  expect(replaced(rows, 1, { name: "新区", parent: "" })[0].parent).toBe("新区");
});

test("what somebody else published meanwhile is shown, and one's own draft can go on after it", async () => {
  let kept = { kind: "tags", newest: 0, body: '[{"name":"甲","active":true}]', format: "json", columns } as unknown as ConfigurationDetail;
  vi.spyOn(api, "configuration").mockImplementation(async () => kept);
  vi.spyOn(api, "publish").mockImplementation(async (_, { base_version, body }) => {
    if (base_version !== kept.newest) throw new Refusal("现在已有新版", 409);
    kept = { ...kept, newest: kept.newest + 1, body: JSON.stringify(body) };
    return undefined as never;
  });
  const tags = useKind("tags", () => undefined);
  await tags.load();
  tags.draft.value = [row("我的")];
  kept = { ...kept, newest: 1, body: '[{"name":"他们的","active":true}]' };
  expect(await tags.publish("", "")).toBe(false);
  expect([tags.theirs.value?.newest, tags.problem.value]).toEqual([1, "现在已有新版"]);
  const again = useKind("tags", () => undefined);
  await again.load();
  expect([again.draft.value, again.theirs.value?.newest]).toEqual([[row("我的")], 1]);
  tags.settle(true);
  expect(await tags.publish("", "")).toBe(true);
  expect([kept.newest, tags.dirty.value, tags.draft.value]).toEqual([2, false, [row("我的")]]);
  await nextTick();
  expect([drafts.value, sessionStorage.getItem("12345-drafts")]).toEqual([{}, "{}"]);
});
