/** How plots look: the page's own colours, light or dark. The series differ in brightness too, not in hue alone. */

export interface Look {
  ink: string;
  soft: string;
  line: string;
  panel: string;
  /** Series, in order. */
  series: string[];
  good: string;
  warn: string;
  bad: string;
}

const LIGHT = ["#2158d8", "#c2570c", "#0f766e", "#8b3fa8", "#5b6979", "#b08900"];
const DARK = ["#7ba6ff", "#ffab6b", "#5fd3c4", "#dc9bf0", "#9dabba", "#e6cf6a"];

/** The look of the page as it is painted now. */
export function look(root: HTMLElement = document.documentElement): Look {
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour("ink"),
    soft: colour("soft"),
    line: colour("line"),
    panel: colour("panel"),
    series: root.classList.contains("dark") ? DARK : LIGHT,
    good: colour("green"),
    warn: colour("amber"),
    bad: colour("red"),
  };
}
