/** The tabs of 热线百科: who sees them, what each of them loads when it is first shown. */
import type { Component } from "vue";
import type { Who } from "../../api";
import { lazy } from "../lazy";

/** What every tab is given: the address #/knowledge/<tab>/<id>?<query>. */
export interface TabProps {
  user: Who;
  id: string;
  query: string;
}

/** `needs`: permissions of which one is enough; none: for everybody. */
export interface Tab {
  name: string;
  label: string;
  needs: readonly string[];
  component: Component<TabProps>;
}

const KEEPERS = ["author", "first_review", "review"];

export const TABS: readonly Tab[] = [
  { name: "search", label: "检索", needs: [], component: lazy(() => import("./search/Search.vue")) },
  { name: "articles", label: "文章", needs: KEEPERS, component: lazy(() => import("./articles/Articles.vue")) },
  { name: "review", label: "待审", needs: KEEPERS, component: lazy(() => import("./review/Review.vue")) },
  { name: "imports", label: "导入", needs: ["author"], component: lazy(() => import("./imports/Imports.vue")) },
  { name: "gaps", label: "缺口", needs: ["author"], component: lazy(() => import("./gaps/Gaps.vue")) },
  { name: "recalls", label: "召回", needs: ["recall"], component: lazy(() => import("./recalls/Recalls.vue")) },
  { name: "feedback", label: "反馈", needs: [], component: lazy(() => import("./feedback/Feedback.vue")) },
  { name: "figures", label: "概览", needs: [], component: lazy(() => import("./figures/Dashboard.vue")) },
  { name: "upkeep", label: "维护", needs: ["review", "configure"], component: lazy(() => import("./upkeep/Upkeep.vue")) },
];

/** The tabs of this user, in order. */
export const open = (user: Pick<Who, "may">, tabs: readonly Tab[] = TABS): Tab[] =>
  tabs.filter(({ needs }) => !needs.length || needs.some((one) => user.may.includes(one)));
