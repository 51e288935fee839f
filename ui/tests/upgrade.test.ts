import { beforeEach, expect, test } from "vitest";
import { watchUpgrade } from "../src/upgrade";

let reloads = 0;
watchUpgrade(() => (reloads += 1));

beforeEach(() => {
  reloads = 0;
  sessionStorage.clear();
});

const missed = (file: string) =>
  window.dispatchEvent(Object.assign(new Event("vite:preloadError"), { payload: new Error(`cannot load ${file}`) }));

test("a missing file loads the page anew, once; another one does so again", () => {
  missed("Users-1.js");
  missed("Users-1.js");
  expect(reloads).toBe(1);
  missed("Users-2.js");
  expect(reloads).toBe(2);
});
