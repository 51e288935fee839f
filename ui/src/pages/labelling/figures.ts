/** Figures of agreement and data sets in words and tables. */
import type { Table } from "../../charts/options";
import type { Agreement, Dataset, Kappa, Splits } from "./shapes";

/** With fewer pairs a κ says little. */
const FEW = 20;

/** What a κ is usually taken to mean (Landis and Koch), in words and as a tone. */
export function verdict({ kappa, pairs }: Kappa): { word: string; tone: "" | "good" | "warn" | "bad" } {
  if (kappa === null) return { word: "不能算", tone: "" };
  if (pairs < FEW) return { word: "太少，仅供参考", tone: "" };
  if (kappa >= 0.8) return { word: "很一致", tone: "good" };
  if (kappa >= 0.6) return { word: "较一致", tone: "good" };
  return kappa >= 0.4 ? { word: "一般", tone: "warn" } : { word: "不一致", tone: "bad" };
}

export const two = (value: number | null): string => (value === null ? "—" : value.toFixed(2));

export const interval = ({ low, high }: Kappa): string => (low === null || high === null ? "—" : `${low.toFixed(2)} 至 ${high.toFixed(2)}`);

/** κ by name beside its interval, as a table. */
export const kappas = (rows: (Kappa & { label: string })[]): Table => ({
  head: ["", "对数", "κ", "95 % 区间"],
  rows: rows.map((one) => [one.label, one.pairs, two(one.kappa), interval(one)]),
});

/** Only what can be drawn. */
export const drawn = <T extends Kappa>(rows: T[]): T[] => rows.filter((one) => one.kappa !== null);

/** The classes of a queue that were used at least once. */
export const used = (of: Agreement) => of.classes.filter((one) => one.pairs > 0);

export const SPLITS: [keyof Splits, string][] = [["train", "训练"], ["dev", "开发"], ["test", "测试"]];
export const KINDS = { search: "检索", routing: "分派", speech: "听写" } as const;
export const SAMPLING: Record<string, string> = { uncertain: "没把握的", random: "随机抽的", other: "其他" };

/** The classes of data sets that are words of the program; matters and departments are Chinese already. */
const CLASSES: Record<string, string> = {
  relevant: "相关", irrelevant: "不相关", unanswered: "百科里没有", right: "听得对", corrected: "改过", inaudible: "听不清", overlap: "不止一人",
};

const all = (of: Splits) => of.train + of.dev + of.test;

/** The largest classes first, the rest summed up. */
export function balance(classes: Record<string, Splits>, most = 12): { name: string; of: Splits }[] {
  const sorted = Object.entries(classes).map(([name, of]) => ({ name: CLASSES[name] ?? name, of })).sort((a, b) => all(b.of) - all(a.of));
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1).reduce(
    (sum, { of }) => ({ train: sum.train + of.train, dev: sum.dev + of.dev, test: sum.test + of.test }),
    { train: 0, dev: 0, test: 0 },
  );
  return [...sorted.slice(0, most - 1), { name: `其余 ${sorted.length - most + 1} 类`, of: rest }];
}

export const named = (one: Dataset): string => `${KINDS[one.kind]} 第 ${one.version} 版`;

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
