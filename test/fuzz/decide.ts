import { DECISION_CODES, type Evaluator, type Json } from "@interlatch/core";
import { takeSnapshot } from "../../packages/core/src/snapshot/snapshot.ts";
import { question } from "../differential/generate.ts";
import type { Random } from "./random.ts";

const EFFECTS: readonly string[] = ["allow", "review", "deny"];
const CODES: readonly string[] = Object.keys(DECISION_CODES);

/**
 * Decides calls of some tools of a policy and of one that it does not know.
 *
 * @returns what is wrong with a decision
 */
export function decideAll(evaluator: Evaluator, random: Random): string | undefined {
  const names = Object.keys(evaluator.policy.tools);
  const chosen = names.length > 4 ? random.many(4, () => random.pick(names)) : names;
  for (const tool of [...chosen, "no_such_tool"]) {
    for (let left = 2; left > 0; left -= 1) {
      const request = evaluator.request({ tool, ...callOf(random) });
      const { verdict } = evaluator.evaluate(request);
      if (!EFFECTS.includes(verdict.effect)) return `The effect is ${String(verdict.effect)}.`;
      if (!CODES.includes(verdict.code)) return `The code is ${String(verdict.code)}.`;
      if (tool === "no_such_tool" && verdict.effect !== "deny")
        return "An unknown tool is not denied.";
      evaluator.mayEver(request);
    }
  }
  return undefined;
}

type Call = Omit<Parameters<Evaluator["request"]>[0], "tool">;

function callOf(random: Random): Call {
  const bindings = bindingsOf(random);
  return {
    arguments: imageOf({ ...bindings, ...fieldsOf(bindings["a"]) }),
    agent: imageOf({ id: "a", roles: random.many(2, () => random.pick(["admin", "clerk"])) }),
    user: random.chance(0.5) ? undefined : imageOf({ id: "u" }),
    tenant: random.chance(0.5) ? undefined : "t",
    session: "s",
    facts: imageOf({}),
    context: imageOf({ a: bindings["a"] ?? null }),
    time: random.below(2 ** 41),
  };
}

/** What a model could send: half of a pair of surrogates is no JSON and stops at the snapshot. */
function bindingsOf(random: Random): ReturnType<typeof question>["bindings"] {
  for (;;) {
    const { bindings } = question(random.below(2 ** 31));
    if (typeof takeSnapshot(bindings) !== "string") return bindings;
  }
}

function fieldsOf(value: Json | undefined): { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json }) // neither null nor a list
    : {};
}

function imageOf(value: { readonly [key: string]: Json }): Call["arguments"] {
  const taken = takeSnapshot(value);
  if (typeof taken === "string") throw new Error(`The call is refused: ${taken}`);
  return taken.image;
}
