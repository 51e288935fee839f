import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Draft } from "../src/draft";
import { Saver } from "../src/saver";

let draft: Draft;
let sent: object[];
let answers: ((changes: object) => void)[];
let saver: Saver;
const refusal = (message: string, status: number) => Object.assign(new Error(message), { status });

/** A server that answers as the test says, and takes everything once the answers are used up. */
beforeEach(() => {
  vi.useFakeTimers();
  draft = new Draft();
  sent = [];
  answers = [];
  saver = new Saver({
    edit: () => draft.edit(),
    send: async (edit) => {
      sent.push(edit.changes);
      answers.shift()?.(edit.changes);
      draft.saved(edit);
    },
    told: () => undefined,
  });
});
afterEach(() => vi.useRealTimers());

function type(value: string) {
  draft.write("title", value);
  saver.touch();
}

test("typing is saved once it pauses, with the last words only", async () => {
  type("停");
  await vi.advanceTimersByTimeAsync(500);
  type("停水");
  await vi.advanceTimersByTimeAsync(2000);
  expect([sent, saver.state]).toEqual([[{ title: "停水" }], "clean"]);
});

test("while the network is away it tries again by itself and loses no word", async () => {
  const away = () => { throw refusal("网络不通", 0); };
  answers = [away, away];
  type("停水");
  await vi.advanceTimersByTimeAsync(900);
  expect([saver.state, draft.changes()]).toEqual(["offline", { title: "停水" }]);
  await vi.advanceTimersByTimeAsync(10000);
  expect([saver.state, sent.length, draft.changes()]).toEqual(["clean", 3, {}]);
});

test("what the server refuses is told and not sent again until it is changed", async () => {
  answers = [() => { throw refusal("标题最多 100 字", 422); }];
  type("长");
  await vi.advanceTimersByTimeAsync(60000);
  expect([saver.state, saver.message, sent.length]).toEqual(["refused", "标题最多 100 字", 1]);
  type("短");
  await vi.advanceTimersByTimeAsync(1000);
  expect(saver.state).toBe("clean");
});

test("what is typed while a save is under way is saved after it", async () => {
  answers = [() => draft.write("title", "停水三天")];
  type("停水");
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toEqual([{ title: "停水" }, { title: "停水三天" }]);
});

test("asked to save now it says whether everything is kept", async () => {
  type("停水");
  expect(await saver.flush()).toBe(true);
  answers = [() => { throw refusal("", 503); }];
  type("停水了");
  expect(await saver.flush()).toBe(false);
});
