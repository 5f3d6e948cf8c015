import type { Condition } from "../evaluate/expression.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import type { Parts } from "../parts/parts.ts";
import type { ToolPolicy } from "../policy/ir.ts";
import type { OutsideResource, ProfileExplanation } from "./explain.ts";
import type { CompiledProfile } from "./profile.ts";
import { compileResources, type Dimension, type Touch } from "./touch.ts";

/** Why a call is in no profile, for operators. Names profiles and dimensions, never what the call said. */
export interface ScopeRefusal {
  readonly code: "unknown_agent" | "out_of_scope" | "budget_exhausted";
  readonly detail?: string;
}

/** A profile that holds the tool. */
interface Holder {
  readonly profile: CompiledProfile;
  /** What the tool touches in every call and the profile does not hold; `null`: nothing. */
  readonly outside: Dimension | null;
}

const NO_TOUCHES: readonly Touch[] = [];

/** Where the calls of one tool may lie: wholly inside one profile that matches the agent. Nothing is merged. */
export class ToolScope {
  readonly #name: string;
  readonly #profiles: readonly CompiledProfile[];
  readonly #holders: readonly Holder[];
  readonly #read: ReturnType<typeof compileResources>["read"];
  readonly #fixed: readonly Touch[];

  constructor(
    name: string,
    tool: ToolPolicy,
    profiles: readonly CompiledProfile[],
    parts: Parts,
    loading: CostBudget,
  ) {
    const { fixed, read } = compileResources(tool.resources, parts);
    this.#name = name;
    this.#profiles = profiles;
    this.#fixed = fixed;
    this.#read = read;
    this.#holders = profiles
      .filter((profile) => profile.tools.has(name))
      .map((profile) => ({ profile, outside: outsideOf(profile, fixed, loading) }));
  }

  /** `null`: the call is inside. Takes what it costs off the budget. */
  refusal(scope: CallScope, budget: CostBudget): ScopeRefusal | null {
    let touches: readonly Touch[] | null = null;
    let outside: string[] | null = null;
    for (const holder of this.#holders) {
      if (holds(holder.profile.when, scope, budget)) {
        let dimension = holder.outside;
        if (dimension === null) {
          if (this.#read === null) return null;
          touches ??= this.#read(scope, budget);
          dimension = outsideOf(holder.profile, touches, budget);
          // What was read after the budget was spent is not what the call touches.
          if (dimension === null && budget.left >= 0) return null;
        }
        (outside ??= []).push(`${holder.profile.name} does not hold its ${dimension}`);
      }
    }
    return this.#refused(outside, scope, budget);
  }

  #refused(outside: string[] | null, scope: CallScope, budget: CostBudget): ScopeRefusal {
    const known = outside ?? this.#withoutTool(scope, budget);
    if (budget.left < 0) return { code: "budget_exhausted" };
    if (known.length === 0) return { code: "unknown_agent" };
    const more = known.length > MAX_NAMED ? `, and ${known.length - MAX_NAMED} more` : "";
    return { code: "out_of_scope", detail: `${known.slice(0, MAX_NAMED).join(", ")}${more}` };
  }

  /** The profiles that match the agent, where none of them holds the tool. */
  #withoutTool(scope: CallScope, budget: CostBudget): readonly string[] {
    return this.#profiles
      .filter(({ tools, when }) => !tools.has(this.#name) && holds(when, scope, budget))
      .map(({ name }) => `${name} does not hold the tool`);
  }

  /** Whether some call of this agent could be inside. What comes from the arguments is not asked about. */
  mayEver(scope: CallScope, budget: CostBudget): boolean {
    return this.#holders.some(
      ({ profile, outside }) => outside === null && holds(profile.when, scope, budget),
    );
  }

  /** Every profile, with all that keeps the call out of it. */
  explain(scope: CallScope, budget: CostBudget): readonly ProfileExplanation[] {
    const touches = [...this.#fixed, ...(this.#read?.(scope, budget) ?? NO_TOUCHES)];
    return this.#profiles.map((profile) => {
      const held = profile.when(scope, budget);
      const when = held === true ? "matched" : held === false ? "not_matched" : "error";
      const holdsTool = profile.tools.has(this.#name);
      const outside = touches
        .filter((touch) => !profile.ceiling.holds(touch, budget))
        .map((touch): OutsideResource =>
          touch.text === null || !("access" in touch)
            ? { dimension: touch.dimension, resource: touch.text }
            : { dimension: touch.dimension, resource: touch.text, access: touch.access },
        );
      const { name, at } = profile;
      const inside = when === "matched" && holdsTool && outside.length === 0 && budget.left >= 0;
      return { name, at, when, holdsTool, outside, inside };
    });
  }
}

/** Profiles that a refusal names. */
const MAX_NAMED = 8;

function holds(when: Condition, scope: CallScope, budget: CostBudget): boolean {
  return when(scope, budget) === true;
}

/** The first dimension of which the profile does not hold something that is touched. */
function outsideOf(
  { ceiling }: CompiledProfile,
  touches: readonly Touch[],
  budget: CostBudget,
): Dimension | null {
  return touches.find((touch) => !ceiling.holds(touch, budget))?.dimension ?? null;
}
