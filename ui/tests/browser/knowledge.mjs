// An article from the annotator to the agent, its second version, its end; a file brought in: node knowledge.mjs BASE_URL SCREENSHOT_FOLDER
import { browsing, signIn, until } from "./browsing.mjs";

const TITLE = "示例：公租房租赁补贴";
const TEXT = `第一条 本办法所称租赁补贴，是指对在本市租住房屋、没有自有住房的家庭按月发放的补助。
第二条 申请人向户籍所在地街道提交申请表、身份证明和租房合同，街道十五个工作日内答复。
第三条 补贴按季度发放到申请人的社会保障卡。`;
const ASKED = "没有房子租房子住政府有没有租赁补贴";
const FILE = {
  name: "问答.csv",
  mimeType: "text/csv",
  buffer: Buffer.from("问题,答案\n示例：蓝莓节几点开场,示例蓝莓节上午九点开场，下午五点结束。\n示例：风筝节要不要门票,示例风筝节不收门票，凭身份证预约入场。\n"),
};

await browsing("knowledge", async (fresh, shot) => {
  const [xuting, panyue, gaofeng, wangli] = [await fresh(), await fresh(), await fresh(), await fresh()];
  const people = { xuting, panyue, gaofeng, wangli };
  for (const [name, page] of Object.entries(people)) {
    await signIn(page, name);
    await page.getByTestId("me").waitFor();
  }

  const id = await write(xuting, shot);
  await step(xuting, "submit", "待初审");
  await goes(panyue, "first_review", "待初审");
  await shot(panyue, "review");
  await goes(gaofeng, "review", "待审核");
  await goes(gaofeng, "approved", "待上线");
  await found(wangli, ASKED);
  await wangli.getByTestId("reading").getByText("第二条").first().waitFor();
  await shot(wangli, "found");

  await again(xuting, id);
  await goes(panyue, "first_review", "待初审");
  await back(gaofeng, shot);
  await mend(xuting, id);
  await goes(panyue, "first_review", "待初审");
  await goes(gaofeng, "review", "待审核");
  await goes(gaofeng, "approved", "待上线");
  await found(wangli, ASKED);
  await wangli.getByTestId("reading").getByText("自受理之日起二十个工作日").first().waitFor();

  await withdraw(gaofeng, id);
  await shot(gaofeng, "withdrawn");
  await gone(wangli, ASKED);

  await bring(xuting, shot);
});

/** By the search, so that everything is read anew. */
async function visit(page, address) {
  await page.evaluate(() => (location.hash = "#/knowledge/search"));
  await page.getByTestId("knowledge-search").waitFor();
  await page.evaluate((to) => (location.hash = `#/knowledge/${to}`), address);
}

/** Waits until the draft is kept. */
async function kept(page) {
  await page.getByTestId("article-kept").filter({ hasText: "已存" }).waitFor();
}

async function write(page, shot) {
  await visit(page, "articles");
  await page.getByTestId("new-article").click();
  await page.getByTestId("title").fill(TITLE);
  await page.getByTestId("questions").fill("租房补贴怎么申请\n没有房子租房住有补助吗");
  await page.getByLabel("第 1 片正文").focus();
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, TEXT);
  await page.getByTestId("paste-dialog").getByText("切成 3 片").waitFor();
  await page.getByTestId("take-slices").click();
  await page.getByTestId("slice").nth(2).waitFor();
  await byKeys(page);
  await page.getByTestId("clause").fill("示例办法");
  await page.getByTestId("source").fill("示例：办事指南");
  await kept(page);
  await until(page, "the article's own address", () => /articles\/ZS-\d+/.test(location.hash));
  await shot(page, "written");
  return page.evaluate(() => location.hash.match(/ZS-\d+/)[0]);
}

/** A slice is cut at the caret, joined again, and the cut is taken back. */
async function byKeys(page) {
  const slices = page.getByTestId("slice");
  await page.getByLabel("第 3 片正文").focus();
  await page.keyboard.press("Control+Home");
  for (let i = 0; i < 9; i += 1) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+Enter");
  await slices.nth(3).waitFor();
  await page.keyboard.press("Backspace");
  await slices.nth(3).waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await slices.nth(3).waitFor();
  await page.keyboard.press("Control+z");
  await slices.nth(3).waitFor({ state: "detached" });
}

/** The first step of the page by its key. */
async function step(page, action, state) {
  await page.getByTestId(`act-${action}`).waitFor();
  await page.keyboard.press("Alt+Enter");
  await page.getByTestId("article-state").filter({ hasText: state }).waitFor();
}

async function opened(page, queue, state) {
  await visit(page, `review/${queue}`);
  await page.getByTestId("review-item").filter({ hasText: TITLE }).click();
  await page.getByTestId("review").locator("h1").filter({ hasText: TITLE }).waitFor();
  await page.getByTestId("review").getByText(state, { exact: true }).last().waitFor();
}

/** Passes it on from a queue by one key. */
async function goes(page, queue, state) {
  await opened(page, queue, state);
  await page.keyboard.press("a");
  await page.getByTestId("review-item").filter({ hasText: TITLE }).waitFor({ state: "detached" });
}

async function back(page, shot) {
  await opened(page, "review", "待审核");
  const comparison = page.getByTestId("comparison");
  await comparison.locator("ins").first().waitFor();
  if (!(await comparison.locator("del").count())) throw new Error("nothing is marked as removed");
  await shot(page, "compared");
  await page.keyboard.press("r");
  await page.keyboard.type("答复时间请写明从受理之日起算");
  await page.keyboard.press("Enter");
  await page.getByTestId("review-item").filter({ hasText: TITLE }).waitFor({ state: "detached" });
}

async function again(page, id) {
  await visit(page, `articles/${id}`);
  await page.getByTestId("rewrite").click();
  await page.getByTestId("article-state").filter({ hasText: "草稿" }).waitFor();
  await change(page, "十五个工作日", "二十个工作日");
  await page.getByTestId("note").fill("答复时间由十五个工作日改为二十个工作日");
  await kept(page);
  await step(page, "submit", "待初审");
}

async function change(page, from, to) {
  const slice = page.getByLabel("第 2 片正文");
  await slice.fill((await slice.inputValue()).replace(from, to));
}

async function mend(page, id) {
  await visit(page, `articles/${id}`);
  await page.getByTestId("sent-back").filter({ hasText: "从受理之日起算" }).waitFor();
  await change(page, "街道二十个", "街道自受理之日起二十个");
  await kept(page);
  await step(page, "submit", "待初审");
}

async function search(page, words) {
  await visit(page, "search");
  await page.getByTestId("knowledge-search").fill(words);
  await page.keyboard.press("Enter");
}

async function found(page, words) {
  await search(page, words);
  await page.getByTestId("hit").filter({ hasText: TITLE }).first().click();
  await page.getByTestId("reading").getByText(TITLE).waitFor();
  await page.getByTestId("why").waitFor();
}

async function gone(page, words) {
  await search(page, words);
  await page.getByTestId("nothing").or(page.getByTestId("hit").first()).waitFor();
  if (await page.getByText(TITLE).count()) throw new Error("what was withdrawn is still found");
}

async function withdraw(page, id) {
  await visit(page, `articles/${id}`);
  await page.getByTestId("act-withdraw").click();
  await page.getByTestId("act-dialog").waitFor();
  await page.getByTestId("reason").fill("示例到期，不再提供");
  await page.keyboard.press("Control+Enter");
  await page.getByTestId("article-state").filter({ hasText: "已下架" }).waitFor();
  await page.locator('[data-testid=article-history] li[data-action="withdraw"]').waitFor();
}

async function bring(page, shot) {
  await visit(page, "imports");
  await page.locator("input[type=file]").setInputFiles(FILE);
  await page.getByTestId("import-state").filter({ hasText: "待收录" }).waitFor();
  await page.getByTestId("proposal").nth(1).waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("fields-all").waitFor();
  await shot(page, "proposed");
  await page.keyboard.press("Escape");
  await page.getByTestId("take").click();
  await page.getByTestId("import-state").filter({ hasText: "已收录" }).waitFor();
  await visit(page, "articles?mine=1&state=draft");
  await page.getByTestId("article-row").filter({ hasText: "蓝莓节" }).first().waitFor();
}
