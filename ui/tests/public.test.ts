import { beforeEach, expect, test } from "vitest";
import { nextTick } from "vue";
import { refused, size } from "../src/public/files";
import { forget, kept } from "../src/public/kept";
import type { Limits } from "../src/public/limits";
import { blank, faults, told } from "../src/public/request";

const whole = { ...blank(), nature: "投诉", content: "楼下工地半夜施工", citizen_name: "李明", callback_number: "13800138000" };
const takes: Limits = { open: true, least: 5, most: { content: 5000 }, files: 5, bytes: 20 * 2 ** 20, types: ["jpg", "png", "txt", "mp4"] };
const file = (name: string, bytes: number) => Object.defineProperty(new File(["x"], name), "size", { value: bytes });
beforeEach(() => sessionStorage.clear());

test("a whole request has no fault, an empty one names every gap in the order of the page", () => {
  expect(faults(whole, takes.least)).toEqual({});
  expect(faults({ ...whole, content: "施工" }, takes.least).content).toContain("至少 5 个字");
  expect(Object.keys(faults(blank()))).toEqual(["nature", "content", "citizen_name", "callback_number"]);
});

test.each(["13800138000", "138 0013 8000", "0514-87654321", "87654321"])("%s is a number to call back", (number) => {
  expect(faults({ ...whole, callback_number: number })).toEqual({});
});

test.each(["1380013800", "abc", "138001380000"])("%s is not", (number) => {
  expect(faults({ ...whole, callback_number: number })).toHaveProperty("callback_number");
});

test("who stays anonymous needs no name, and none that was typed before is sent", () => {
  const anonymous = { ...whole, citizen_kind: "匿名" };
  expect(faults({ ...anonymous, citizen_name: "", callback_number: "" })).toEqual({});
  expect(told(anonymous)).toMatchObject({ citizen_name: "", callback_number: "", wants_callback: false, confidential: true });
});

test("what was typed survives a reload and is gone once it was sent", async () => {
  const said = kept();
  said.content = "半夜施工";
  await nextTick();
  expect(kept().content).toBe("半夜施工");
  forget(said);
  await nextTick();
  expect(kept().content).toBe("");
});

test("files say why they cannot be attached", () => {
  const photo = file("现场.JPG", 2000);
  expect(refused(photo, [], takes)).toBe("");
  expect(refused(photo, [photo], takes)).toContain("已经在列表里");
  expect(refused(file("木马.exe", 10), [], takes)).toContain("类型");
  expect(refused(file("空.txt", 0), [], takes)).toContain("空文件");
  expect(refused(file("长.mp4", takes.bytes), [photo], takes)).toContain("合计最大");
  expect(refused(photo, Array.from({ length: 5 }, (_, i) => file(`${i}.png`, 5)), takes)).toContain("最多 5 个");
});

test("sizes are read in their unit", () => {
  expect([size(12), size(2048), size(1.5 * 2 ** 20), size(takes.bytes)]).toEqual(["12 B", "2 KB", "1.5 MB", "20 MB"]);
});
