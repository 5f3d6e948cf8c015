import { isTextFunction } from "../evaluate/call.ts";
import { isPlainSchema } from "../evaluate/schema/plain.ts";
import { type FunctionName, FUNCTIONS } from "../policy/expression.ts";
import { fallbacksOf } from "../policy/fallbacks-of.ts";
import type { ArgumentSchema, Policy } from "../policy/ir.ts";
import { allSchemas } from "../policy/schema-walk.ts";
import type { PartName } from "./parts.ts";

/**
 * The parts that a policy uses. One that is missed here is no hole, for compiling what uses it fails.
 *
 * @param policy - from `validatePolicy`: its shape is trusted here
 */
export function partsUsed(policy: Policy): ReadonlySet<PartName> {
  const { agents, fallback, hostFacts, patterns, rules, tools } = policy;
  const used = new Set<PartName>();
  if (patterns !== undefined) used.add("patterns");
  if (agents !== null) used.add("scopes");
  if (hasFacts(policy)) used.add("facts");
  if (rules.some(({ redact }) => redact !== undefined)) used.add("redaction");
  for (const kind of fallbacksOf(policy).map((one) => one?.kind)) {
    if (kind === "value" || kind === "tool") used.add("values");
    if (kind === "tool") used.add("hop");
  }
  useOfSchema(hostFacts, used);
  for (const tool of Object.values(tools)) {
    useOfSchema(tool.arguments, used);
    useOfSchema(tool.output, used);
  }
  const written = [rules, agents, fallback, Object.values(tools).map(withoutSchemas)];
  useOfExpressions(written, used);
  return used;
}

/** Whether there is a fact that conditions could read. */
export function hasFacts({ facts, hostFacts }: Policy): boolean {
  return hostFacts !== undefined || Object.keys(facts).length > 0;
}

function useOfSchema(schema: ArgumentSchema | undefined, used: Set<PartName>): void {
  if (schema === undefined) return;
  if (!isPlainSchema(schema)) used.add("schemas");
  for (const { format } of allSchemas(schema)) if (format !== undefined) used.add("formats");
}

function withoutSchemas({ resources, fallback }: Policy["tools"][string]): readonly unknown[] {
  return [resources, fallback];
}

/**
 * What the expressions anywhere in a document ask for. Whatever looks like one counts, wherever it stands: it is no
 * harm to load what nobody uses, and nothing that is used can be overlooked.
 */
function useOfExpressions(document: unknown, used: Set<PartName>): void {
  if (typeof document !== "object" || document === null) return;
  const kind = "kind" in document ? document.kind : undefined;
  if (kind === "arithmetic" || kind === "comprehension") used.add("operations");
  const called = "function" in document ? document.function : undefined;
  if (isFunctionName(called) && !isTextFunction(called)) used.add("functions");
  for (const inner of Object.values(document)) useOfExpressions(inner, used);
}

function isFunctionName(value: unknown): value is FunctionName {
  return typeof value === "string" && Object.hasOwn(FUNCTIONS, value);
}
