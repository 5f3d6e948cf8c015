import { isScopeEntry } from "../scopes/entries.ts";
import type { Policy } from "./ir.ts";
import { validatePolicyBy } from "./validate-policy.ts";
import { RARE_CHECKS } from "./validate-rare.ts";

/**
 * Checks a compiled policy from top to bottom and gives back a deep-frozen copy without prototypes, so that
 * looking up a tool named `constructor` finds nothing. A signature says who wrote a policy and not that the
 * compiler was sound: every field, kind, name, bound and reference is checked, an unknown one is refused.
 *
 * @param value - a parsed payload's `policy`, or what `compilePolicy` of `@interlatch/policy` returned
 * @throws ERR_BUNDLE_POLICY with the path of what is wrong
 * @throws ERR_BUNDLE_ENGINE when the policy needs other semantics than {@link Policy.engine this run time's}
 * @throws ERR_BUNDLE_MODE when `mode` is neither `enforce` nor `shadow`
 */
export function validatePolicy(value: unknown): Policy {
  return validatePolicyBy(value, isScopeEntry, RARE_CHECKS);
}
