import { beforeEach, expect, test } from "vitest";
import { insert } from "../src/desk/insert";

let field: HTMLTextAreaElement;
let heard: string[];

beforeEach(() => {
  field = document.createElement("textarea");
  heard = [];
  field.addEventListener("input", () => heard.push(field.value));
});

function at(text: string, from: number, to = from) {
  field.value = text;
  field.setSelectionRange(from, to);
}

test("a phrase goes where the cursor stands, over what is selected", () => {
  at("您好，谢谢。", 3, 5);
  expect(insert(field, "请稍等")).toBe(true);
  expect([heard, field.selectionStart]).toEqual([["您好，请稍等。"], 6]);
});

test("behind a text it begins a line of its own", () => {
  at("已记录。", 4);
  insert(field, "感谢来电。");
  insert(field, "再见。");
  expect(field.value).toBe("已记录。\n感谢来电。\n再见。");
});

test("what does not fit changes nothing", () => {
  field.maxLength = 6;
  at("已记录。", 4);
  expect([insert(field, "感谢"), field.value, heard]).toEqual([false, "已记录。", []]);
});
