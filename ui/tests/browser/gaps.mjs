// Questions that found nothing become a gap, which a department hands back: node gaps.mjs BASE_URL SCREENSHOT_FOLDER
import { base, browsing, signIn } from "./browsing.mjs";

const DEPARTMENT = "邗江区城市管理局";
const WHY = "热气球不归我们管，应由市文旅局编写";

await browsing("gaps", async (fresh, shot) => {
  const as = async (username) => {
    const page = await fresh();
    await signIn(page, username);
    await page.getByTestId("me").waitFor();
    return page;
  };

  const agent = await as("wangli");
  for (const asked of ["热气球在哪里坐", "坐热气球去哪里"]) {
    const answer = await agent.request.get(`${base}/api/knowledge/search?q=${encodeURIComponent(asked)}`);
    if (!answer.ok() || (await answer.json()).some((hit) => hit.sure)) throw new Error(`the base answers: ${asked}`);
  }

  const annotator = await as("xuting");
  await annotator.goto(`${base}/#/knowledge/gaps`);
  await annotator.getByText(/\d 个问题未归并/).waitFor();
  await annotator.getByTestId("cluster").click();
  await ours(annotator).click();
  await annotator.getByTestId("gap-assign").click();
  await annotator.getByTestId("gap-department").locator("input").fill(DEPARTMENT);
  await annotator.keyboard.press("Enter");
  await annotator.getByTestId("gap-send").click();
  await annotator.getByTestId("gap-view").getByText("编写中").waitFor();
  await shot(annotator, "assigned");

  const department = await as("hanjiang");
  await department.goto(`${base}/#/knowledge/gaps`);
  await ours(department).click();
  await department.getByTestId("gap-hand-back").click();
  await department.getByTestId("gap-reason").fill(WHY);
  await shot(department, "handing-back");
  await department.keyboard.press("Enter");
  await ours(department).waitFor({ state: "detached" });
  await shot(department, "handed-back");

  await annotator.reload();
  await ours(annotator).click();
  await annotator.getByTestId("gap-view").getByText(`${DEPARTMENT}退回：${WHY}`).waitFor();
  await shot(annotator, "returned");
});

/** The gap in the list. */
function ours(page) {
  return page.getByTestId("gap").filter({ hasText: "热气球" });
}
