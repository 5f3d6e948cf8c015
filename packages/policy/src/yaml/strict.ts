import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from "yaml";
import { shown } from "../diagnostics/words.ts";
import type { Finding, Reporter } from "../diagnostics/reporter.ts";
import { conditionOnLine, quotingHint, quotingRepair } from "./eaten.ts";
import { nameOf } from "./hidden.ts";
import { YAML_LIMITS } from "./limits.ts";
import { lookOf } from "./look.ts";
import type { SourceFile, Span } from "./source.ts";
import type { ScalarStyle, YamlEntry, YamlNode } from "./tree.ts";

/**
 * Turns what `yaml` composed into a {@link YamlNode}, and refuses on the way all that would let one text be
 * read in two ways: tags, anchors, aliases, merge keys, keys that are no text, equal or look-alike keys,
 * numbers that a double cannot hold, text that is no Unicode.
 */
export function strictTree(
  file: SourceFile,
  contents: ParsedNode | null,
  reporter: Reporter,
): YamlNode {
  return new TreeBuilder(file, reporter).node(contents, { file, start: 0, end: 0 }, 0);
}

/** After so many tags and anchors a file is not searched for the conditions they were meant to be. */
const SEARCHED = 200;

class TreeBuilder {
  #searched = 0;
  readonly #file: SourceFile;
  readonly #reporter: Reporter;

  constructor(file: SourceFile, reporter: Reporter) {
    this.#file = file;
    this.#reporter = reporter;
  }

  node(node: ParsedNode | null, fallbackAt: Span, depth: number): YamlNode {
    if (node === null) return { kind: "scalar", at: fallbackAt, value: null, style: "plain" };
    const at = this.#span(node);
    if (this.#refuseProperties(node, at)) return { kind: "broken", at };
    if (depth > YAML_LIMITS.depth) {
      const message = `Maps and lists are nested deeper than ${YAML_LIMITS.depth}.`;
      return this.#broken({ code: "yaml_limit", at, message, key: "depth" });
    }
    if (isScalar(node)) return this.#scalar(node, at);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.node(item as ParsedNode, at, depth + 1)); // composed, so parsed
      return { kind: "list", at, items };
    }
    if (isMap(node)) return { kind: "map", at, entries: this.#entries(node, depth) };
    return { kind: "broken", at };
  }

  #entries(map: YAMLMap.Parsed, depth: number): YamlEntry[] {
    const entries: YamlEntry[] = [];
    const byLook = new Map<string, YamlEntry>();
    for (const pair of map.items) {
      const keyNode = pair.key as ParsedNode | null; // `: x` has no key, which the type does not say
      const key = this.#key(keyNode);
      const keyAt = keyNode === null ? this.#span(map) : this.#span(keyNode);
      const valueAt = { file: this.#file, start: keyAt.end, end: keyAt.end };
      const value = this.node(pair.value, valueAt, depth + 1);
      if (key === undefined) continue;
      const entry = { key, keyAt, value };
      const look = lookOf(key);
      const twin = byLook.get(look);
      if (twin === undefined) {
        byLook.set(look, entry);
        entries.push(entry);
      } else this.#reportTwin(entry, twin);
    }
    return entries;
  }

  #reportTwin({ key, keyAt }: YamlEntry, twin: YamlEntry): void {
    const { line } = this.#file.positionOf(twin.keyAt.start);
    if (twin.key === key) {
      const message = `The key \`${key}\` stands here for the second time; the first is on line ${line}.`;
      this.#reporter.error({ code: "duplicate_key", at: keyAt, message });
    } else {
      const message = `The key \`${key}\` looks like the key on line ${line} but is another text.`;
      const hint = `One of them holds ${strangersOf(key, twin.key)}. Keep one of the two.`;
      this.#reporter.error({ code: "look_alike_key", at: keyAt, message, hint });
    }
  }

  /** The text of a key, or `undefined` after saying why it is none. */
  #key(node: ParsedNode | null): string | undefined {
    if (node === null || !isScalar(node)) {
      if (node !== null && this.#refuseProperties(node, this.#span(node))) return undefined;
      const at = node === null ? { file: this.#file, start: 0, end: 0 } : this.#span(node);
      this.#reporter.error({ code: "key_not_text", at, message: "A key must be a text." });
      return undefined;
    }
    const at = this.#span(node);
    if (this.#refuseProperties(node, at)) return undefined;
    if (typeof node.value !== "string") {
      const found = node.source ?? "";
      const message = `The key \`${shown(found)}\` is ${kindOf(node.value)}, not a text.`;
      this.#reporter.error({ code: "key_not_text", at, message, hint: `Quote it: "${found}"` });
      return undefined;
    }
    return this.#refuseKey(node.value, node.type, at) ? undefined : node.value;
  }

  #refuseKey(key: string, style: Scalar.Type | undefined, at: Span): boolean {
    if (key === "<<" && style === "PLAIN") {
      const message = "A merge key (`<<`) is not allowed.";
      this.#reporter.error({
        code: "yaml_feature",
        at,
        message,
        hint: "Write the keys out where they belong.",
      });
      return true;
    }
    if (key === "__proto__") {
      // Where a policy becomes objects of JavaScript, this one name could change what an object inherits.
      this.#reporter.error({
        code: "bad_name",
        at,
        message: "`__proto__` cannot be a key of a policy.",
      });
      return true;
    }
    return this.#refuseText(key, at);
  }

  #scalar(node: Scalar, at: Span): YamlNode {
    const { value } = node;
    const style = styleOf(node.type);
    if (typeof value === "string") {
      return this.#refuseText(value, at)
        ? { kind: "broken", at }
        : { kind: "scalar", at, value, style };
    }
    if (value === null || typeof value === "boolean") return { kind: "scalar", at, value, style };
    if (typeof value === "number" && this.#isExact(value, node.source ?? "")) {
      return { kind: "scalar", at, value: value === 0 ? 0 : value, style };
    }
    const message = `The number ${shown(node.source ?? String(value))} cannot be held exactly: numbers are finite doubles, whole ones at most 2^53 - 1.`;
    return this.#broken({ code: "bad_number", at, message });
  }

  #isExact(value: number, source: string): boolean {
    const whole = /^[-+]?(?:[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/.test(source);
    return Number.isFinite(value) && (!whole || Number.isSafeInteger(value));
  }

  /** Half of a surrogate pair has no UTF-8 form, so it could not be signed as it is. */
  #refuseText(text: string, at: Span): boolean {
    if (!/\p{Surrogate}/u.test(text)) return false;
    this.#reporter.error({
      code: "bad_text",
      at,
      message: "The text holds half of a surrogate pair, which is no character.",
    });
    return true;
  }

  /** Tags, anchors and aliases. Where they stand in a condition, they are signs that YAML took from it. */
  #refuseProperties(node: ParsedNode, at: Span): boolean {
    const found = isAlias(node)
      ? { what: "an alias", sign: `*${node.source}`, at }
      : node.tag !== undefined
        ? { what: "a tag", ...this.#signBefore(at, /!\S*/) }
        : node.anchor !== undefined
          ? { what: "an anchor", ...this.#signBefore(at, /&\S*/) }
          : undefined;
    if (found === undefined) return false;
    const { line } = this.#file.positionOf(found.at.start);
    const condition = this.#searched++ < SEARCHED ? conditionOnLine(this.#file, line) : undefined;
    if (condition === undefined) {
      const message = `${found.sign === "" ? "This" : `\`${shown(found.sign)}\``} is ${found.what} to YAML, which a policy may not have.`;
      this.#reporter.error({ code: "yaml_feature", at: found.at, message });
    } else {
      const message = `YAML reads \`${shown(found.sign)}\` as ${found.what}, so \`${condition.text}\` is not read as the condition that was written.`;
      this.#reporter.error({
        code: "yaml_feature",
        at: condition.at,
        message,
        hint: quotingHint(condition),
        repair: quotingRepair(condition),
        key: "eaten",
      });
    }
    return true;
  }

  /** A node's own range begins after its tag and anchor. */
  #signBefore({ file, start }: Span, sign: RegExp): { readonly sign: string; readonly at: Span } {
    const from = Math.max(0, file.text.lastIndexOf("\n", start - 1));
    const found = sign.exec(file.text.slice(from, start)) ?? sign.exec(file.text.slice(start));
    const at =
      found === null
        ? start
        : found.index + (found.index + found[0].length <= start - from ? from : start);
    const text = found?.[0] ?? "";
    return { sign: text, at: { file, start: at, end: at + text.length } };
  }

  #span(node: ParsedNode): Span {
    const [start, end] = node.range;
    return { file: this.#file, start, end };
  }

  #broken(finding: Finding): YamlNode {
    this.#reporter.error(finding);
    return { kind: "broken", at: finding.at };
  }
}

/** The signs beyond ASCII that one of two texts has and the other has not, by number: that is how they differ. */
function strangersOf(one: string, other: string): string {
  const signs = new Set([...one, ...other]);
  const strange = [...signs].filter((sign) => one.includes(sign) !== other.includes(sign));
  const named = strange.filter((sign) => !/[ -~]/.test(sign)).map(nameOf);
  return named.length === 0 ? "the same signs in another order" : named.slice(0, 8).join(", ");
}

function kindOf(value: unknown): string {
  if (value === null) return "null to YAML";
  return typeof value === "boolean" ? "a boolean to YAML" : "a number to YAML";
}

function styleOf(type: Scalar.Type | undefined): ScalarStyle {
  switch (type) {
    case "QUOTE_SINGLE":
      return "single";
    case "QUOTE_DOUBLE":
      return "double";
    case "BLOCK_FOLDED":
    case "BLOCK_LITERAL":
      return "block";
    case "PLAIN":
    case undefined:
      return "plain";
  }
}
