// Two people label blind by keyboard, a third rules, a data set is built; gaps, recalls, figures: node labelling.mjs BASE_URL SCREENSHOT_FOLDER
import { readFile } from "node:fs/promises";
import { base, browsing, signIn, until } from "./browsing.mjs";

const QUESTION = "高血压糖尿病的药在门诊能不能报";

await browsing("labelling", async (fresh, shot) => {
  const as = async (username) => {
    const page = await fresh();
    await signIn(page, username);
    await page.getByTestId("me").waitFor();
    return page;
  };

  const first = await as("xuting");
  await queue(first, "slices");
  const disputed = await shown(first);
  await first.keyboard.press("Digit1");
  await until(first, "the cursor where the question is written", () => document.activeElement?.matches("[data-testid=text]"));
  await first.keyboard.type(QUESTION);
  await shot(first, "item");
  const agreed = await next(first, disputed, ["Enter"]);
  const third = await next(first, agreed, ["Digit2", "Enter"]);
  await told(first, 2);

  await first.keyboard.press("KeyU");
  await until(first, "the item that was labelled last", (id) => document.querySelector("[data-testid=item]")?.dataset.item === id, agreed);
  const kept = await first.getByTestId("choice-unclear").getAttribute("aria-checked");
  if (kept !== "true") throw new Error("an undone label is not shown again");
  await next(first, agreed, ["Digit4", "Enter"]);
  await next(first, third, ["KeyS"]);
  await told(first, 2);
  await first.keyboard.press("Shift+Slash");
  await first.getByTestId("label-keys").waitFor();
  await first.keyboard.press("Escape");

  const second = await as("panyue");
  await queue(second, "slices");
  if ((await shown(second)) !== disputed) throw new Error("the second person is given other items");
  if (await second.locator("[data-choice][aria-checked=true]").count()) throw new Error("the second person sees a label");
  await next(second, disputed, ["Digit2", "Enter"]);
  await next(second, agreed, ["Numpad4", "Enter"]);
  await told(second, 2);

  const judge = await as("gaofeng");
  await page(judge, "disputes");
  await judge.locator(`[data-item="${disputed}"]`).waitFor();
  if (/徐婷|潘越/.test(await judge.getByTestId("disputes").innerText())) throw new Error("a dispute says who labelled");
  const sides = await judge.locator("[data-testid^=side-]").allInnerTexts();
  const usable = sides.findIndex((text) => text.includes(QUESTION));
  if (usable < 0) throw new Error(`the dispute shows neither side's words: ${sides}`);
  await judge.keyboard.press(usable ? "ArrowRight" : "ArrowLeft");
  await judge.getByTestId("choice-usable").and(judge.locator("[aria-checked=true]")).waitFor();
  await shot(judge, "dispute");
  await judge.keyboard.press("Enter");
  await judge.getByTestId("no-disputes").waitFor();

  await page(judge, "agreement");
  await judge.getByTestId("kappas").getByRole("row").filter({ hasText: "新切片" }).filter({ hasText: "2" }).waitFor();
  await shot(judge, "agreement");

  await page(judge, "datasets");
  await judge.getByTestId("build-note").fill("浏览器里走一遍");
  await judge.getByTestId("build").click();
  const set = judge.getByTestId("dataset");
  await set.filter({ hasText: "检索 第 1 版" }).filter({ hasText: "浏览器里走一遍" }).waitFor();
  await shot(judge, "dataset");
  const [file] = await Promise.all([judge.waitForEvent("download"), judge.getByTestId("download").click()]);
  const head = (await readFile(await file.path())).subarray(0, 2).toString();
  if (!file.suggestedFilename().endsWith(".zip") || head !== "PK") throw new Error(`not an archive: ${file.suggestedFilename()}`);

  for (const [name, ready] of [["gaps", "no-gaps"], ["recalls", "no-recalls"], ["feedback", "feedback-rows"], ["figures", "as-of"]]) {
    await judge.goto(`${base}/#/knowledge/${name}`);
    await judge.getByTestId(ready).or(judge.getByTestId({ gaps: "gap", recalls: "recall" }[name] ?? ready)).first().waitFor();
    await shot(judge, name);
  }
});

async function queue(page, name) {
  await page.getByTestId("go-labelling").click();
  await page.getByTestId(`queue-${name}`).click();
  await page.getByTestId("item").waitFor();
}

async function page(page, name) {
  await page.getByTestId("go-labelling").click();
  await page.getByTestId(`page-${name}`).click();
}

/** The id of the item in hand. */
function shown(page) {
  return page.getByTestId("item").getAttribute("data-item");
}

/** Presses keys on an item and waits for the next one; its id. */
async function next(page, from, codes) {
  for (const code of codes) await page.keyboard.press(code);
  await until(page, "the next item", (id) => ![undefined, id].includes(document.querySelector("[data-testid=item]")?.dataset.item), from);
  return shown(page);
}

/** The server has counted the labels. */
async function told(page, count) {
  await page.getByTestId("pace").filter({ hasText: `今天 ${count} 条` }).waitFor();
}
