import { fallbacksOf } from "./fallbacks-of.ts";
import { type ArgumentSchema, ENGINE, type Policy } from "./ir.ts";
import { FIRST_KEYWORDS } from "./keywords.ts";
import { type Place, quote, refuse, within } from "./shape.ts";
import { integer } from "./shape-values.ts";

/** Whether this run time runs policies of these semantics: its own, and those of the version before. */
export function runsEngine(version: number): boolean {
  return version === ENGINE || version === ENGINE - 1;
}

/** Why it does not, and what to do. */
export function engineRefusal(version: number): string {
  return version > ENGINE
    ? `needs semantics ${version}; this run time has ${ENGINE}`
    : `has semantics ${version}, which this run time with its ${ENGINE} no longer runs; build it again`;
}

const whole = integer(0);

/** Checks the `engine` of a policy. */
export function engine(value: unknown, here: Place): number {
  const version = whole(value, here);
  return runsEngine(version) ? version : refuse(here, engineRefusal(version), "ERR_BUNDLE_ENGINE");
}

/**
 * Refuses in a policy of older semantics what came later. No compiler of that time wrote it, so a document that
 * holds it is not what it says; a run time of that time would not load it either.
 */
export function checkAge(policy: Policy, here: Place): void {
  if (policy.engine !== 0) return;
  if (policy.mode === "shadow") refuse(within(here, "mode"), laterThan("shadow"));
  refuseKeys(policy, ["patterns", "hostFacts", "pins"], here);
  for (const [name, profile] of Object.entries(policy.agents ?? {})) {
    const at = within(within(here, "agents"), name);
    refuseKeys(profile, ["databases", "endpoints", "network", "paths"], at);
  }
  for (const [name, tool] of Object.entries(policy.tools)) {
    const at = within(within(here, "tools"), name);
    refuseKeys(tool, ["output", "resources"], at);
    if (tool.arguments !== undefined) checkSchema(tool.arguments, within(at, "arguments"));
  }
  policy.rules.forEach((rule, index) => {
    refuseKeys(rule, ["redact"], within(within(here, "rules"), index));
  });
  for (const one of fallbacksOf(policy)) {
    if (one !== undefined && one.kind !== "message" && one.kind !== "value") {
      refuse(here, laterThan(one.kind));
    }
  }
}

function refuseKeys<T extends object>(
  object: T,
  later: readonly (keyof T & string)[],
  at: Place,
): void {
  for (const key of later) if (Object.hasOwn(object, key)) refuse(within(at, key), laterThan(key));
}

function laterThan(what: string): string {
  return `semantics 0 have no ${quote(what)}; build the policy again`;
}

function checkSchema(schema: ArgumentSchema, at: Place): void {
  if (typeof schema === "boolean") refuse(at, laterThan(String(schema)));
  for (const key of Object.keys(schema)) {
    if (!FIRST_KEYWORDS.has(key)) refuse(within(at, key), laterThan(key));
  }
  if (schema.items !== undefined) checkSchema(schema.items, within(at, "items"));
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    checkSchema(inner, within(within(at, "properties"), name));
  }
}
