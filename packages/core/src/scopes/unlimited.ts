import type { CostBudget } from "../evaluate/scope.ts";

/** For what is read once, when a bundle is loaded: its size is bounded there. */
export const UNLIMITED: CostBudget = { left: Infinity };
