// The administrator publishes and undoes; a citizen sends the web form; an agent claims it: node system.mjs BASE_URL SCREENSHOT_FOLDER
import { base, browsing, signIn, until } from "./browsing.mjs";

const DEPARTMENT = "扬州市示例服务中心";
const CONTENT = "小区门口的路灯坏了三天，晚上看不清路，请尽快修好";
const PHOTO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

await browsing("system", async (fresh, shot) => {
  const admin = await fresh();
  await signIn(admin, "admin");
  await admin.getByTestId("go-configuration").click();
  await rules(admin);
  await shot(admin, "deadlines");
  await holidays(admin);
  await shot(admin, "holidays");
  await departments(admin);
  await shot(admin, "departments");
  await newcomer(admin, await fresh());
  await shot(admin, "users");

  const citizen = await fresh();
  await citizen.setViewportSize({ width: 360, height: 740 });
  const filed = await write(citizen);
  await shot(citizen, "filed");
  await progress(citizen, filed);
  await shot(citizen, "progress");

  const agent = await fresh();
  await signIn(agent, "wangli");
  await agent.getByTestId("me").waitFor();
  await claim(agent, filed.number);
  await shot(agent, "claimed");
});

async function publish(page, note) {
  await page.getByTestId("publish").click();
  await page.getByTestId("changes").waitFor();
  await page.getByTestId("note").fill(note);
  await page.getByTestId("confirm").click();
  await page.getByTestId("publish-dialog").waitFor({ state: "detached" });
  await page.getByTestId("versions").getByText(note).waitFor();
}

async function rules(page) {
  await page.getByTestId("kind-deadlines").click();
  const text = page.getByTestId("text");
  const before = await text.inputValue();
  await text.fill(before.replace("office_hours", "office_hours ="));
  await page.getByTestId("publish").click();
  await page.getByTestId("confirm").click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  await text.fill(before.replace('"yangzhou-2026"', '"yangzhou-2026-b"').replace("returns = 2", "returns = 3"));
  await page.reload();
  await until(page, "the draft after a reload", () => document.querySelector("[data-testid=text]")?.value.includes("returns = 3"));
  await page.getByTestId("trial-start").fill("2026-09-30T16:00");
  await page.getByTestId("try").click();
  await page.getByTestId("tried").getByText("国庆节").waitFor();
  await publish(page, "退单放宽到三次");
}

async function holidays(page) {
  await page.getByTestId("kind-holidays").click();
  await page.locator("[data-day='2026-10-01'].off").waitFor();
  await page.locator("[data-day='2026-10-10'].work").click();
  await page.locator("[data-day='2026-10-10'].own.off").waitFor();
  await page.getByTestId("go-users").click();
  await page.getByTestId("go-configuration").click();
  await page.getByTestId("kind-holidays").getByText("有未发布的修改").waitFor();
  await page.getByTestId("kind-holidays").click();
  await page.locator("[data-day='2026-10-10'].own").click();
  await page.locator("[data-day='2026-10-10'].own").waitFor({ state: "detached" });
  for (let i = 0; i < 5; i += 1) await page.getByRole("button", { name: "后一年" }).click();
  await page.getByTestId("unknown-year").waitFor();
}

async function departments(page) {
  await page.getByTestId("kind-departments").click();
  await page.getByTestId("panel-departments").waitFor();
  await page.getByTestId("add-row").click();
  await page.locator("[data-column=name] input").fill(DEPARTMENT);
  await page.getByTestId("keep-row").click();
  await publish(page, "新设服务中心");
  await page.getByTestId("find").fill(DEPARTMENT);
  await page.getByTestId("config-row").waitFor();
  await page.getByTestId("undo").click();
  await page.getByTestId("undo-note").fill("下月再设");
  await page.getByTestId("confirm-undo").click();
  await page.getByTestId("versions").getByText("撤销第 1 版。下月再设").waitFor();
  await page.getByTestId("config-row").waitFor({ state: "detached" });
}

async function newcomer(page, other) {
  await page.getByTestId("go-users").click();
  await page.getByTestId("add-user").click();
  await page.getByTestId("user-username").fill("liming");
  await page.getByTestId("user-name").fill("李明");
  await page.getByTestId("save-user").click();
  const password = await page.getByTestId("given-password").innerText();
  await page.getByTestId("given-ok").click();
  await page.locator("[data-user=liming]").waitFor();
  await other.goto(base);
  await other.getByTestId("login-username").fill("liming");
  await other.getByTestId("login-password").fill(password);
  await other.getByTestId("login-submit").click();
  await other.getByTestId("password-old").fill(password);
  await other.getByTestId("password-chosen").fill("a-word-of-my-own");
  await other.getByTestId("password-again").fill("a-word-of-my-own");
  await other.getByTestId("password-change").click();
  await other.getByTestId("me").filter({ hasText: "李明" }).waitFor();
}

async function write(page) {
  await page.goto(`${base}/form`);
  await page.getByTestId("send").click();
  await page.getByText("请选择这是哪一类诉求").waitFor();
  await page.getByRole("radio", { name: "求助" }).check();
  await page.getByTestId("content").fill(CONTENT);
  await page.getByTestId("address").fill("邗江区文昌西路 12 号");
  await page.getByTestId("citizen-name").fill("周女士");
  await page.getByTestId("callback-number").fill("13800138000");
  await page.getByTestId("files").setInputFiles({ name: "路灯.png", mimeType: "image/png", buffer: PHOTO });
  await page.getByTestId("file").waitFor();
  await until(page, "no sideways scrolling", () => document.documentElement.scrollWidth <= window.innerWidth);
  await page.getByTestId("send").click();
  const number = await page.getByTestId("number").innerText();
  return { number, code: await page.getByTestId("code").innerText() };
}

async function progress(page, { number, code }) {
  await page.getByTestId("go-progress").click();
  await page.getByTestId("ask-number").fill(number);
  await page.getByTestId("ask-code").fill(code);
  await page.getByTestId("ask").click();
  await page.getByTestId("stand").getByText("已收到").waitFor();
}

async function claim(page, number) {
  const answer = await page.request.get(`${base}/api/tickets?q=${number}`);
  const [ticket] = (await answer.json()).items;
  await page.goto(`${base}/#/tickets/${ticket.id}`);
  await page.getByText("路灯.png").first().waitFor();
  await page.getByTestId("act-claim").click();
  const form = page.getByTestId("move-form");
  await form.waitFor();
  await page.keyboard.press("Control+Enter");
  await page.locator('[data-testid=timeline] > li[data-action="claim"]').waitFor();
}
