/** What the plots have in common: axes, tooltips, bars, lines; each as ECharts' options. */
import type { EChartsCoreOption } from "echarts/core";
import type { Look } from "./look";

const FONT = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';

export interface Series {
  name: string;
  /** One a label; null: nothing is known there. */
  values: (number | null)[];
  colour?: string;
  dashed?: boolean;
}

/** Data beside a plot, for whoever reads rather than looks. */
export interface Table {
  head: string[];
  rows: (string | number)[][];
}

const text = (look: Look) => ({ color: look.soft, fontSize: 14, fontFamily: FONT });

function frame(look: Look, legend: boolean): EChartsCoreOption {
  return {
    animation: false,
    textStyle: text(look),
    grid: { left: 4, right: 18, top: legend ? 34 : 14, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: legend ? { top: 0, left: 0, itemWidth: 22, itemHeight: 10, textStyle: text(look) } : undefined,
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: look.panel,
      borderColor: look.line,
      textStyle: { ...text(look), color: look.ink },
    },
  };
}

const names = (look: Look, data: string[], most = 0) => ({
  type: "category",
  data,
  axisLine: { lineStyle: { color: look.line } },
  axisTick: { show: false },
  axisLabel: { ...text(look), hideOverlap: true, ...(most ? { width: most, overflow: "truncate" } : {}) },
});

const amounts = (look: Look, more: object = {}) => ({
  type: "value",
  axisLabel: text(look),
  splitNumber: 4,
  splitLine: { lineStyle: { color: look.line } },
  ...more,
});

/** A line at what is asked for. */
const aim = (look: Look, at: { xAxis: number } | { yAxis: number }) => ({
  silent: true,
  symbol: "none",
  label: { show: false },
  lineStyle: { color: look.warn, type: "dashed", width: 1.5 },
  data: [at],
});

/** Shares over time, 0–1, shown in per cent; `goal`: the share that is asked for. */
export function shares(look: Look, labels: string[], series: Series[], goal?: number): EChartsCoreOption {
  const percent = (value: unknown) => (typeof value === "number" ? `${(value * 100).toFixed(1)}%` : "没有数据");
  const base = frame(look, series.length > 1);
  return {
    ...base,
    tooltip: { ...(base.tooltip as object), valueFormatter: percent },
    xAxis: names(look, labels),
    yAxis: amounts(look, { min: 0, max: 1, interval: 0.2, axisLabel: { ...text(look), formatter: (value: number) => `${Math.round(value * 100)}%` } }),
    series: series.map((one, i) => ({
      type: "line",
      name: one.name,
      data: one.values,
      color: one.colour ?? look.series[i],
      symbol: i % 2 ? "diamond" : "circle",
      symbolSize: 7,
      showSymbol: true,
      connectNulls: false,
      lineStyle: { width: 2.5, type: one.dashed ? "dashed" : "solid" },
      markLine: goal !== undefined && !i ? aim(look, { yAxis: goal }) : undefined,
    })),
  };
}

/** Amounts side by side or, `stacked`, on top of each other; upright. */
export function columns(look: Look, labels: string[], series: Series[], stacked = false): EChartsCoreOption {
  return {
    ...frame(look, series.length > 1),
    xAxis: names(look, labels),
    yAxis: amounts(look, { minInterval: 1 }),
    series: series.map((one, i) => ({
      type: "bar",
      name: one.name,
      data: one.values,
      color: one.colour ?? look.series[i],
      stack: stacked ? "all" : undefined,
      barMaxWidth: 28,
      itemStyle: { borderColor: look.panel, borderWidth: stacked ? 1 : 0 },
    })),
  };
}

/** Amounts by name, lying, the first on top; with their numbers at the end. */
export function bars(look: Look, labels: string[], series: Series[], stacked = false): EChartsCoreOption {
  const many = series.length > 1;
  return {
    ...frame(look, many),
    xAxis: amounts(look, { minInterval: 1 }),
    yAxis: { ...names(look, labels, 150), inverse: true },
    series: series.map((one, i) => ({
      type: "bar",
      name: one.name,
      data: one.values,
      color: one.colour ?? look.series[i],
      stack: stacked ? "all" : undefined,
      barMaxWidth: 16,
      itemStyle: { borderColor: look.panel, borderWidth: stacked ? 1 : 0 },
      label: many ? undefined : { show: true, position: "right", color: look.ink, fontSize: 14 },
    })),
  };
}

/** Estimates with their intervals, by name, lying; `from`, `to`: the ends of the axis; `goal`: an upright line. */
export function intervals(
  look: Look,
  labels: string[],
  points: { value: number | null; low: number | null; high: number | null }[],
  { from = 0, to = 1, goal }: { from?: number; to?: number; goal?: number } = {},
): EChartsCoreOption {
  const shown = (value: number | null) => (value === null ? "不能算" : value.toFixed(2));
  return {
    ...frame(look, false),
    tooltip: {
      ...(frame(look, false).tooltip as object),
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const { value, low, high } = points[dataIndex];
        return `${shown(value)}（${shown(low)} 至 ${shown(high)}）`;
      },
    },
    xAxis: amounts(look, { min: from, max: to, interval: 0.2 }),
    yAxis: { ...names(look, labels, 150), inverse: true },
    series: [
      ...points.flatMap(({ low, high }, i) =>
        low === null || high === null ? [] : [{
          type: "line", silent: true, symbol: "none", lineStyle: { color: look.series[0], width: 3, opacity: 0.35 },
          data: [[Math.max(from, low), labels[i]], [Math.min(to, high), labels[i]]],
        }],
      ),
      {
        type: "scatter", symbolSize: 11, color: look.series[0], markLine: goal === undefined ? undefined : aim(look, { xAxis: goal }),
        data: points.map(({ value }, i) => [value, labels[i]]),
      },
    ],
  };
}
