import type { Expression, Rule } from "@interlatch/core";
import type { BuiltTool } from "../build/tools.ts";
import type { Compiled } from "../compile.ts";
import { constantsIn } from "./judge/constants.ts";
import { Judge } from "./judge/judge.ts";
import { eitherOf, type Outcomes } from "./judge/outcomes.ts";
import { surroundingsOf } from "./judge/surroundings.ts";
import { readsVariable } from "./reads.ts";

/** Tools of one rule that are looked at one by one; the conditions of more are judged without their schemas. */
const TOOLS = 50;

/** The conditions of one rule or profile, judged for each of the tools it is for. */
export interface Judged {
  readonly when: Expression;
  /** Tools whose schemas the judgement rests on; empty: it holds for every tool. */
  readonly tools: readonly string[];
  readonly judges: readonly Judge[];
}

/** Judges the conditions of a policy. */
export class Judges {
  readonly #compiled: Compiled;
  readonly #constants: ReadonlyMap<Expression, Outcomes>;
  readonly #tools: ReadonlyMap<string, BuiltTool>;
  readonly #identities = new Map<BuiltTool, string>();

  private constructor(compiled: Compiled, constants: ReadonlyMap<Expression, Outcomes>) {
    this.#compiled = compiled;
    this.#constants = constants;
    this.#tools = new Map(compiled.tools.map((tool) => [tool.name, tool]));
  }

  static async of(compiled: Compiled): Promise<Judges> {
    const conditions = [
      ...compiled.rules.flatMap(({ rule }) => rule.when ?? []),
      ...compiled.profiles.map(({ profile }) => profile.when),
    ];
    return new Judges(compiled, await constantsIn(conditions));
  }

  /** The condition of a rule, for its tools. */
  ofRule({ tools }: Rule, when: Expression): Judged {
    if (!readsVariable(when, "arguments", "tool", "operation", "data_type"))
      return this.ofAnybody(when);
    const built = tools.flatMap((name) => this.#tools.get(name) ?? []);
    const isNamed = readsVariable(when, "tool");
    const distinct = new Map(
      built.map((tool) => [isNamed ? tool.name : this.#identityOf(tool), tool]),
    );
    if (distinct.size > TOOLS || distinct.size === 0) return this.ofAnybody(when);
    const judges = [...distinct.values()].map((tool) => this.#judge(when, tool));
    return { when, tools: built.map(({ name }) => name), judges };
  }

  /** A condition that is asked where no tool is known. */
  ofAnybody(when: Expression): Judged {
    return { when, tools: [], judges: [this.#judge(when)] };
  }

  #identityOf(tool: BuiltTool): string {
    let identity = this.#identities.get(tool);
    if (identity === undefined) this.#identities.set(tool, (identity = identityOf(tool)));
    return identity;
  }

  #judge(when: Expression, tool?: BuiltTool): Judge {
    const judge = new Judge(surroundingsOf(this.#compiled.policy, tool), this.#constants);
    judge.outcomes(when);
    return judge;
  }
}

/** Tools of one identity are judged alike. */
function identityOf({ policy }: BuiltTool): string {
  const { arguments: schema, data, operation } = policy;
  return JSON.stringify([data ?? null, operation, schema ?? null]);
}

/** What a part of a judged condition may come to, for whichever of its tools. */
export function outcomesOf({ judges }: Judged, part: Expression): Outcomes {
  return judges.map((judge) => judge.outcomes(part)).reduce(eitherOf);
}
