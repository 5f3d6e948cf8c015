import { compileCondition, type Condition } from "../evaluate/expression.ts";
import type { Parts } from "../parts/parts.ts";
import type { Policy, SourcePosition } from "../policy/ir.ts";
import { type Ceiling, compileCeiling } from "./ceiling.ts";

/** An agent profile, made ready to be asked. */
export interface CompiledProfile {
  readonly name: string;
  readonly at: SourcePosition;
  readonly when: Condition;
  readonly tools: ReadonlySet<string>;
  readonly ceiling: Ceiling;
}

/**
 * Compiles the profiles of a policy.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as `compileCondition`
 */
export function compileProfiles(
  agents: NonNullable<Policy["agents"]>,
  parts: Parts,
): readonly CompiledProfile[] {
  return Object.entries(agents).map(([name, profile]) => ({
    name,
    at: profile.at,
    when: compileCondition(profile.when, parts),
    tools: new Set(profile.tools),
    ceiling: compileCeiling(profile),
  }));
}
