import type { Fallback, Policy } from "./ir.ts";

/** Every fallback of a policy, wherever it stands. */
export function fallbacksOf({ fallback, rules, tools }: Policy): readonly (Fallback | undefined)[] {
  return [fallback, ...[...Object.values(tools), ...rules].map((one) => one.fallback)];
}
