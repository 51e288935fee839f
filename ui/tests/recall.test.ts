import { afterEach, expect, test, vi } from "vitest";
import { createApp, nextTick } from "vue";
import RecallView from "../src/pages/knowledge/recalls/RecallView.vue";
import { usage } from "../src/pages/knowledge/usageApi";
import type { RecallDetail } from "../src/pages/knowledge/usageShapes";

const RECALL = {
  id: 1, article: "ZS-0001", title: "夜间施工噪声扰民", version: 3, since: 2, reason: "条文写错", opened_by: "gaofeng", opened_by_name: "高峰",
  opened_at: "2026-11-28T00:25:36Z", counts: { to_call: 0, reached: 0, unreached: 0, not_needed: 0 }, total: 0, open: false, right_now: null, outcomes: [], items: [],
} as unknown as RecallDetail;

afterEach(() => vi.restoreAllMocks());

test("a recall says from which version on the article was wrong, and that nobody was told", async () => {
  vi.spyOn(usage, "recall").mockResolvedValue(RECALL);
  const place = document.createElement("div");
  const app = createApp(RecallView, { id: 1 });
  app.mount(place);
  await Promise.resolve();
  await nextTick();
  await nextTick();
  expect(place.textContent).toContain("第 2 版起就有误");
  expect(place.textContent).toContain("没有来电或工单用过它");
  app.unmount();
});
