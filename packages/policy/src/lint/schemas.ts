import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { listAt, mapAt, textAt } from "../document/fields.ts";
import { SCHEMA_KEYWORDS } from "../build/schema-references.ts";
import { entryOf, type YamlMap, type YamlNode, valueOf } from "../yaml/tree.ts";
import { unanchoredFinding } from "./anchoring.ts";

/** Schemas of arguments that let in more than they seem to: other kinds of values, texts around a pattern. */
export function lintSchemas(compiled: Compiled, reporter: Reporter): void {
  const finder = new LooseSchemas(compiled, reporter);
  for (const { value } of compiled.parts.tools) {
    const schema = value.kind === "map" ? mapAt(value, "arguments") : undefined;
    // Arguments as a whole are an object whatever their schema says.
    if (schema !== undefined) finder.visit(schema, true);
  }
}

/** What the keywords of one kind of value are, and what its type is called. */
const KEYWORDS: readonly { readonly type: string; readonly keywords: readonly string[] }[] = [
  { type: "string", keywords: ["pattern", "minLength", "maxLength", "format"] },
  {
    type: "number",
    keywords: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  },
  {
    type: "array",
    keywords: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"],
  },
  {
    type: "object",
    keywords: [
      "properties",
      "patternProperties",
      "required",
      "dependentRequired",
      "minProperties",
      "maxProperties",
      "propertyNames",
    ],
  },
];

/** Keywords that say of what kind a value is; what a reference leads to is looked at where it stands. */
const TYPES = ["type", "enum", "const", "$ref"] as const;
/** Keywords whose schemas are for the same value, and let in no more than what stands beside them. */
const IN_PLACE: ReadonlySet<string> = new Set(["allOf", "anyOf", "oneOf", "then", "else"]);
/** Keywords that only ask: what is loose there is no way in. */
const TESTS: ReadonlySet<string> = new Set(["if", "not", "contains", "dependentSchemas"]);

class LooseSchemas {
  readonly #compiled: Compiled;
  readonly #reporter: Reporter;

  constructor(compiled: Compiled, reporter: Reporter) {
    this.#compiled = compiled;
    this.#reporter = reporter;
  }

  /** @param isTyped - whether what surrounds the schema says of what kind the value is */
  visit(node: YamlNode, isTyped: boolean): void {
    if (node.kind !== "map") return;
    const typed = isTyped || saysType(node);
    if (!typed) this.#untyped(node);
    this.#patterns(node);
    const below = (key: string, inner: YamlNode): void => {
      // The names of keys are texts.
      if (!TESTS.has(key)) this.visit(inner, IN_PLACE.has(key) ? typed : key === "propertyNames");
    };
    for (const key of SCHEMA_KEYWORDS.one) {
      const inner = valueOf(node, key);
      if (inner !== undefined) below(key, inner);
    }
    for (const key of SCHEMA_KEYWORDS.list)
      for (const inner of listAt(node, key)?.items ?? []) below(key, inner);
    for (const key of [...SCHEMA_KEYWORDS.map, "$defs"] as const)
      for (const { value } of mapAt(node, key)?.entries ?? []) below(key, value);
  }

  #untyped(node: YamlMap): void {
    for (const { type, keywords } of KEYWORDS) {
      const entry = node.entries.find(({ key }) => keywords.includes(key));
      if (entry === undefined) continue;
      return this.#reporter.warning({
        code: "untyped_keyword",
        at: entry.keyAt,
        message: `\`${entry.key}\` is asked of ${PLURALS[type]} alone, and without a \`type\` every value of another kind fits.`,
        hint: `Say of what kind it is: \`type: ${type}\`.`,
      });
    }
  }

  #patterns(node: YamlMap): void {
    const pattern = textAt(node, "pattern");
    if (pattern !== undefined) this.#unanchored(pattern.value, pattern.at);
    for (const { key, keyAt } of mapAt(node, "patternProperties")?.entries ?? [])
      this.#unanchored(key, keyAt);
  }

  #unanchored(pattern: string, at: YamlNode["at"]): void {
    const finding = unanchoredFinding(pattern, this.#compiled.policy.patterns);
    if (finding !== undefined) this.#reporter.warning({ ...finding, at });
  }
}

const PLURALS: Readonly<Record<string, string>> = {
  string: "texts",
  number: "numbers",
  array: "lists",
  object: "objects",
};

/** Whether a schema says of what kind a value is, itself or by the schemas that it puts together. */
function saysType(node: YamlNode): boolean {
  if (node.kind !== "map") return false;
  if (TYPES.some((key) => entryOf(node, key) !== undefined)) return true;
  if ((listAt(node, "allOf")?.items ?? []).some(saysType)) return true;
  return (["anyOf", "oneOf"] as const).some((key) => {
    const branches = listAt(node, key)?.items ?? [];
    return branches.length > 0 && branches.every(saysType);
  });
}
