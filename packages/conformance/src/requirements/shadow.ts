import { requirements, type Requirement } from "./requirement.ts";

/** What a policy in shadow must and must not do. */
export const shadowRequirements: readonly Requirement[] = requirements("0.1.0", {
  "shadow.01": "A policy in shadow lets every readable call run, unchanged and unasked.",
  "shadow.02": "A policy in shadow does not let a call pass that has no identity, id or JSON.",
  "shadow.03": "The record of a call says what the policy in shadow would have done.",
  "shadow.04": "Limits of a policy in shadow are counted under keys of their own.",
  "shadow.05": "A second policy in shadow changes no decision, argument or fallback.",
  "shadow.06": "A limit store that fails for a policy in shadow stops no call.",
  "shadow.07": "A bundle in shadow is refused unless the host says that it may load.",
  "shadow.08":
    "A bundle that is only watched cannot shut out the one in force, by its version or its faults.",
});
