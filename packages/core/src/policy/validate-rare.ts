import type { Fallback, Resources, ReviewDemand } from "./ir.ts";
import type { Check } from "./shape.ts";
import { fallback } from "./validate-fallback.ts";
import { redactedPaths, resources } from "./validate-resources.ts";
import { reviewDemand } from "./validate-review.ts";

/** Checks of fields that many policies do without. */
export interface RareChecks {
  /** Of a tool, a rule or the policy. */
  readonly fallback: Check<Fallback>;
  /** Of a tool. */
  readonly resources: Check<Resources>;
  /** Of what a rule redacts. */
  readonly paths: Check<readonly (readonly string[])[]>;
  /** Of a rule. */
  readonly review: Check<ReviewDemand>;
}

/** All of them. */
export const RARE_CHECKS: RareChecks = Object.freeze({
  fallback,
  resources,
  paths: redactedPaths,
  review: reviewDemand,
});
