import { isTextFunction } from "../evaluate/call.ts";
import { isPlainSchema } from "../evaluate/schema/plain.ts";
import { type FunctionName, FUNCTIONS } from "../policy/expression.ts";
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
  if (rules.some(({ redact }) => redact !== undefined)) used.add("redaction");
  useOfSchema(hostFacts, used);
  for (const tool of Object.values(tools)) {
    useOfSchema(tool.arguments, used);
    useOfSchema(tool.output, used);
  }
  const written = [rules, agents, fallback, Object.values(tools).map(withoutSchemas)];
  if (callsFurther(written)) used.add("functions");
  return used;
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
 * Whether a call of a function beyond those of texts stands anywhere in a document. Whatever looks like one counts,
 * wherever it stands: it is no harm to load what nobody calls, and nothing that is called can be overlooked.
 */
function callsFurther(document: unknown): boolean {
  if (typeof document !== "object" || document === null) return false;
  const called = "function" in document ? document.function : undefined;
  if (isFunctionName(called) && !isTextFunction(called)) return true;
  return Object.values(document).some(callsFurther);
}

function isFunctionName(value: unknown): value is FunctionName {
  return typeof value === "string" && Object.hasOwn(FUNCTIONS, value);
}
