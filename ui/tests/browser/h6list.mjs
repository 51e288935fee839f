// The work list by keyboard: search, views, back from a ticket, moves on many: node list.mjs BASE_URL SCREENSHOT_FOLDER
import { base, until } from "./browsing.mjs";
import { draft, withStaff } from "./staff.mjs";

const WORDS = "1795560381路井盖松动";
const PLACES = ["东侧", "西侧", "南侧"];

await withStaff("list", async ({ as, shot }) => {
  const agent = await as("wangli");
  const ids = [];
  for (const place of PLACES) {
    const fields = { nature: "求助", title: `${WORDS}，${place}`, content: `${place}的井盖一过车就响，怕伤到人。` };
    ids.push(await draft(agent, fields));
  }
  await open(agent, "drafts");
  await search(agent, WORDS);
  await rows(agent, PLACES.length);
  await press(agent, ["KeyJ", "KeyX", "KeyJ", "KeyX", "ArrowDown", "KeyX"]);
  await bulk(agent, "submit");
  await rows(agent, 0);

  const reviewer = await as("sunjuan");
  await open(reviewer, "review");
  await search(reviewer, WORDS);
  await rows(reviewer, PLACES.length);
  if ((await reviewer.locator("mark").first().innerText()) !== WORDS) throw new Error("the words that were found are not marked");
  await shot(reviewer, "search");

  await reviewer.getByTestId("name-view").click();
  await reviewer.getByTestId("view-name").fill("井盖");
  await reviewer.getByTestId("keep-view").click();
  const view = reviewer.getByTestId("view-井盖");
  await view.waitFor();
  await reviewer.getByRole("button", { name: "删除视图井盖" }).focus();
  await reviewer.keyboard.press("Enter");
  await view.waitFor({ state: "detached" });
  await reviewer.getByRole("button", { name: "撤销" }).click();
  await view.waitFor();
  await reviewer.getByTestId("queue-all").click();
  await view.click();
  await rows(reviewer, PLACES.length);

  await press(reviewer, ["KeyJ", "KeyJ"]);
  const second = await reviewer.evaluate(() => document.activeElement.dataset.number);
  await reviewer.keyboard.press("Enter");
  await reviewer.getByTestId("state").filter({ hasText: "待审核" }).waitFor();
  await reviewer.goBack();
  await until(reviewer, "the row that was opened", (number) => document.activeElement?.dataset.number === number, second);

  await touch(reviewer, ids[0]);
  await reviewer.getByTestId("select-all").click();
  await bulk(reviewer, "approve");
  const result = reviewer.getByTestId("bulk-result");
  await result.filter({ hasText: "没办成 1 张" }).waitFor();
  await shot(reviewer, "refused");
  await reviewer.keyboard.press("Escape");
  await rows(reviewer, 1);
  await reviewer.getByTestId("bulk-bar").filter({ hasText: "已选 1 张" }).waitFor();
  await bulk(reviewer, "approve");
  await reviewer.getByTestId("nothing").waitFor();

  await reviewer.getByTestId("everywhere").click();
  await rows(reviewer, PLACES.length);
  await reviewer.getByTestId("export").click();
  const [file] = await Promise.all([reviewer.waitForEvent("download"), reviewer.getByText("CSV 文本").click()]);
  if (!file.suggestedFilename().endsWith(".csv")) throw new Error(`exported as ${file.suggestedFilename()}`);
});

async function open(page, queue) {
  await page.getByTestId("go-tickets").click();
  await page.getByTestId(`queue-${queue}`).click();
}

async function search(page, words) {
  await page.keyboard.press("Slash");
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await page.getByTestId("narrowings").filter({ hasText: words }).waitFor();
  await page.keyboard.press("Escape");
}

async function press(page, codes) {
  for (const code of codes) await page.keyboard.press(code);
}

async function rows(page, count) {
  await until(
    page,
    `${count} rows`,
    (wanted) => {
      const table = document.querySelector("[data-testid=ticket-table]");
      return table?.getAttribute("aria-busy") === "false" && table.querySelectorAll(".ticket-row").length === wanted;
    },
    count,
  );
}

async function bulk(page, action) {
  await page.getByTestId(`bulk-${action}`).click();
  await page.getByTestId("send").click();
  await page.getByTestId("move-form").waitFor({ state: "detached" });
}

/** Somebody else changes a ticket in the meantime. */
async function touch(page, id) {
  const { ticket } = await (await page.request.get(`${base}/api/tickets/${id}`)).json();
  const answer = await page.request.patch(`${base}/api/tickets/${id}`, {
    data: { version: ticket.version, changes: { address: "百祥路 12 号门前" } },
  });
  if (!answer.ok()) throw new Error(await answer.text());
}
