/** How an import went, in words. */
import type { Import, ItemFilter } from "../shapes";

export const TONES: Record<Import["state"], string> = { reading: "info", read: "warn", refused: "bad", taken: "good", dropped: "" };

/** What came of a file, in one line. */
export function outcome({ state, counts, refused }: Pick<Import, "state" | "counts" | "refused">): string {
  if (state === "reading") return "";
  if (state === "refused") return refused[0]?.why ?? "";
  const parts = [
    counts.items ? `${counts.items} 篇 ${counts.slices} 片` : "没有读出内容",
    counts.taken && `已收录 ${counts.taken} 篇`,
    counts.duplicate && `重复 ${counts.duplicate} 篇`,
    counts.contradiction && `矛盾 ${counts.contradiction} 篇`,
    counts.refused && `${counts.refused} 处没有读入`,
  ];
  return parts.filter(Boolean).join("，");
}

/** The filters over the proposals, each with how many there are. */
export function filters({ counts }: Pick<Import, "counts">): [ItemFilter, string, number | null][] {
  const all: [ItemFilter, string, number | null][] = [
    ["", "全部", counts.items],
    ["clean", "可直接收录", null],
    ["duplicate", "有重复", counts.duplicate],
    ["contradiction", "有矛盾", counts.contradiction],
    ["noted", "有提示", counts.noted],
    ["taken", "已收录", counts.taken],
  ];
  return all.filter(([, , many]) => many !== 0);
}
