import { expect, test } from "vitest";
import { blank, narrowings, read, told, total, write } from "../src/pages/list/asked";
import { districts, tree } from "../src/pages/list/departmentTree";
import { does } from "../src/pages/list/listKeys";
import { marked, markedNumber, snippet } from "../src/pages/list/marked";

const asked = { ...blank(), queue: "late", q: "停水 & 停电", state: ["dispatched", "rework"], light: "red", created_from: "2026-11-01" };

test("a filter comes back from the address bar as it went in, strange characters included", () => {
  expect(read(write(asked))).toEqual(asked);
  expect([write(blank()), read("nonsense=1&queue=")]).toEqual(["queue=", blank()]);
});

test("each filter can be taken off alone; the queue stays", () => {
  const texts = narrowings(asked).map((one) => one.text);
  expect(texts).toEqual(["“停水 & 停电”", "待签收", "待重办", "已超期", "2026-11-01 起受理"]);
  const rest = narrowings(asked).reduce((now, one) => ({ ...now, ...one.without }), { ...asked });
  expect(narrowings({ ...rest, state: [] })).toEqual([]);
  expect(narrowings(asked)[1].without).toEqual({ state: ["rework"] });
});

test("a saved view keeps what was chosen and nothing else", () => {
  expect(told({ ...blank(), queue: "late", light: "red" })).toEqual({ queue: "late", light: "red" });
});

test("a queue beyond counting is 999+", () => {
  expect([total({ total: 12, capped: false }), total({ total: 1000, capped: true })]).toEqual(["12", "999+"]);
});

const said = (parts: { text: string; said: boolean }[]) => parts.filter((part) => part.said).map((part) => part.text);

test("hits are marked word by word; a number counts only as a whole", () => {
  expect(said(marked("文昌西路夜间施工扰民", "夜间施工 文昌"))).toEqual(["文昌", "夜间施工"]);
  expect(said(markedNumber("20261124-00012", "2026 12号楼"))).toEqual(["2026"]);
  expect(said(marked("20261124000012", "2027"))).toEqual([]);
  expect(marked("<b>停水</b>", "停水").map((part) => part.text).join("")).toBe("<b>停水</b>");
});

test("a hit in the longer texts is shown with what stands around it", () => {
  const empty = { content: "", request: "", address: "", party_concerned: "", reply: "", answer: "" };
  const content = `${"市民来电反映".repeat(10)}小区突然停水三天${"请尽快处理".repeat(20)}`;
  const found = snippet({ ...empty, content }, "突然停水");
  expect(said(found!)).toEqual(["突然停水"]);
  expect(found!.map((part) => part.text).join("")).toMatch(/^….{12}突然停水.*…$/);
  expect(snippet({ ...empty, content }, "路灯")).toBeNull();
});

test("departments stand under their parent; whose parent is unknown stands at the top", () => {
  const row = (name: string, parent = "", district = "") => ({ name, level: "", parent, district });
  const rows = [row("市"), row("邗江区", "市", "邗江区"), row("汊河街道", "邗江区", "邗江区"), row("外来", "没有")];
  expect(tree(rows)).toEqual([
    { value: "市", label: "市", children: [
      { value: "邗江区", label: "邗江区", children: [{ value: "汊河街道", label: "汊河街道" }] },
    ] },
    { value: "外来", label: "外来" },
  ]);
  expect(districts(rows)).toEqual(["邗江区"]);
});

const press = (code: string, target: EventTarget | null = null, more = {}) =>
  does({ code, target, altKey: false, shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false, ...more });

test("keys of the list go by where they lie on the keyboard", () => {
  expect(["KeyJ", "ArrowUp", "Enter", "Slash", "KeyX", "KeyQ"].map((code) => press(code))).toEqual(
    ["down", "up", "open", "search", "select", ""],
  );
});

test("keys rest while an input method composes, with modifiers, in fields and in dialogs", () => {
  const input = document.createElement("input");
  const dialog = document.createElement("div");
  dialog.setAttribute("role", "dialog");
  expect([
    press("KeyJ", null, { isComposing: true }),
    press("KeyX", null, { ctrlKey: true }),
    press("KeyJ", input),
    press("KeyJ", dialog),
    press("Enter", document.createElement("button")),
  ]).toEqual(["", "", "", "", ""]);
  input.type = "checkbox";
  expect(press("KeyJ", input)).toBe("down");
});
