import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { type TextScalar, mapAt, textAt } from "../document/fields.ts";
import { type YamlMap, type YamlNode, valueOf } from "../yaml/tree.ts";

/** Keywords that hold one schema, a list of them, or a map of them. */
export const SCHEMA_KEYWORDS = {
  one: [
    "items",
    "contains",
    "unevaluatedItems",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
  ],
  list: ["prefixItems", "allOf", "anyOf", "oneOf"],
  map: ["properties", "patternProperties", "dependentSchemas"],
} as const;

/** A schema that a reference leads to. */
export interface ReferenceTarget {
  /** `#`, or `#/$defs/NAME` where NAME is not escaped. */
  readonly reference: string;
  readonly node: YamlNode;
}

/**
 * The references of one schema. They may lead anywhere in it, by JSON Pointer or by `$anchor`; the policy that is
 * signed knows `#` and named schemas of the root alone, so every target gets a name there.
 */
export class SchemaReferences {
  readonly #reporter: Reporter;
  readonly #root: YamlNode;
  readonly #byPointer = new Map<string, YamlNode>();
  readonly #byAnchor = new Map<string, YamlNode>();
  readonly #named = new Map<YamlNode, ReferenceTarget>();
  readonly #names = new Set<string>();

  constructor(root: YamlNode, reporter: Reporter) {
    this.#root = root;
    this.#reporter = reporter;
    this.#index(root, "");
    const definitions = root.kind === "map" ? (mapAt(root, "$defs")?.entries ?? []) : [];
    for (const { key, value } of definitions) this.#name(value, key);
  }

  /** What a `$ref` leads to; `undefined` after reporting that it leads nowhere. */
  resolve(reference: TextScalar): ReferenceTarget | undefined {
    const { value: text, at } = reference;
    const fragment = text.startsWith("#") ? decoded(text.slice(1)) : undefined;
    if (fragment === undefined) {
      this.#reporter.error({
        code: "bad_schema",
        at,
        message: `\`$ref\` leads to \`${shown(text)}\`; a policy follows references within one schema only.`,
        hint: "Copy the schema into `$defs` and refer to it: `$ref: '#/$defs/NAME'`.",
      });
      return undefined;
    }
    const isPointer = fragment === "" || fragment.startsWith("/");
    const node = isPointer ? this.#byPointer.get(fragment) : this.#byAnchor.get(fragment);
    if (node !== undefined) return this.#target(node, fragment);
    const known = [...this.#byPointer.keys()].filter((pointer) =>
      /^\/\$defs\/[^/]*$/.test(pointer),
    );
    const right = this.#reporter.nearest(
      text,
      known.map((pointer) => `#${pointer}`),
    );
    this.#reporter.error({
      code: "bad_schema",
      at,
      message: `There is no schema at \`${shown(text)}\`.`,
      hint: right === undefined ? undefined : `Did you mean \`${right}\`?`,
    });
    return undefined;
  }

  #target(node: YamlNode, fragment: string): ReferenceTarget {
    const known = this.#named.get(node);
    if (known !== undefined) return known;
    if (node === this.#root) return { reference: "#", node };
    const wanted = fragment.replace(/^\//, "").replaceAll("/", ".");
    let name = wanted;
    for (let count = 2; this.#names.has(name); count++) name = `${wanted}.${count}`;
    return this.#name(node, name);
  }

  #name(node: YamlNode, name: string): ReferenceTarget {
    const target = { reference: `#/$defs/${name}`, node };
    this.#named.set(node, target);
    this.#names.add(name);
    return target;
  }

  /** Every place at which a schema stands; a reference into a `const` or an `enum` leads nowhere. */
  #index(node: YamlNode, pointer: string): void {
    this.#byPointer.set(pointer, node);
    if (node.kind !== "map") return;
    const anchor = textAt(node, "$anchor");
    if (anchor !== undefined) this.#addAnchor(anchor, node);
    for (const key of SCHEMA_KEYWORDS.one) {
      const value = valueOf(node, key);
      if (value !== undefined) this.#index(value, `${pointer}/${key}`);
    }
    for (const key of SCHEMA_KEYWORDS.list) {
      const list = valueOf(node, key);
      if (list?.kind !== "list") continue;
      list.items.forEach((item, at) => this.#index(item, `${pointer}/${key}/${at}`));
    }
    for (const key of [...SCHEMA_KEYWORDS.map, "$defs"]) {
      for (const entry of mapAt(node, key)?.entries ?? []) {
        this.#index(entry.value, `${pointer}/${key}/${escaped(entry.key)}`);
      }
    }
  }

  #addAnchor(anchor: TextScalar, node: YamlMap): void {
    if (!/^[A-Za-z_][A-Za-z0-9._-]*$/.test(anchor.value)) {
      this.#reporter.error({
        code: "bad_schema",
        at: anchor.at,
        message: `\`${shown(anchor.value)}\` is no anchor: a letter or \`_\`, then letters, digits, \`-\`, \`_\`, \`.\`.`,
      });
    } else if (this.#byAnchor.has(anchor.value)) {
      const message = `The anchor \`${anchor.value}\` stands twice in this schema.`;
      this.#reporter.error({ code: "bad_schema", at: anchor.at, message });
    } else this.#byAnchor.set(anchor.value, node);
  }
}

/** RFC 6901, section 3. */
function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The fragment of a URI, or `undefined` where it is none. */
function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}
