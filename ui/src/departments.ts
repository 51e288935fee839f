/** The ranking of departments as people see it. */
import type { Department } from "./events";

const LEAST = 0.02;

/** The leader, and whoever else could be meant. */
export const likely = (ranked: readonly Department[], most = 3): Department[] =>
  ranked.filter((one, i) => i === 0 || one.score >= LEAST).slice(0, most);
