import type { ArgumentSchema, PatternTable } from "@interlatch/core";
import type { PatternUse } from "../conditions/conditions.ts";
import { buildPatterns } from "../conditions/patterns.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { argumentSchemaDocument } from "../document/argument-schema.ts";
import { checkShape } from "../document/issues.ts";
import { readYaml } from "../yaml/read.ts";
import { SourceFile } from "../yaml/source.ts";
import { SchemaReader } from "./schemas.ts";

/** A schema as a bundle carries it, with the patterns it asks for. */
export type LoweredSchema =
  | {
      readonly ok: true;
      readonly schema: ArgumentSchema;
      readonly patterns: PatternTable | undefined;
    }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/**
 * Reads one JSON Schema by itself, as a build reads those of a policy.
 *
 * @param text - YAML, of which JSON is a part
 * @param judge - whether what could never fit is an error
 */
export async function lowerSchema(text: string, judge: boolean): Promise<LoweredSchema> {
  const file = new SourceFile("schema", text);
  const reporter = new Reporter([file]);
  const root = readYaml(file, reporter, "made");
  const uses: PatternUse[] = [];
  let schema: ArgumentSchema = false;
  if (root !== undefined) {
    const faulty = checkShape(root, argumentSchemaDocument, reporter);
    const reader = new SchemaReader({
      isFaulty: (node) => faulty.has(node),
      reporter,
      pattern: (pattern, at) => uses.push({ pattern, at }),
      judge,
    });
    schema = reader.any(root);
  }
  const patterns = await buildPatterns(uses, reporter);
  return reporter.failed
    ? { ok: false, errors: reporter.diagnostics("error") }
    : { ok: true, schema, patterns };
}
