import { DATA_CLASSES, OPERATIONS, type Operation, type ToolPolicy } from "@interlatch/core";
import type { Checker } from "../conditions/check.ts";
import type { Conditions } from "../conditions/conditions.ts";
import { environmentOf, type ShapeTypes } from "../conditions/environment.ts";
import { readField } from "../conditions/fields.ts";
import { typeOfSchema } from "../conditions/schema-type.ts";
import { canBe, describe, DYNAMIC, type Type } from "../conditions/types.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { booleanAt, mapAt, textAt, wordAt } from "../document/fields.ts";
import { NAME, nameRefusal } from "../document/names.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, valueOf, type YamlEntry, type YamlMap } from "../yaml/tree.ts";
import { type BuiltResources, buildResources } from "./dimensions.ts";
import { buildFallback } from "./fallbacks.ts";
import { globMatches, isGlob } from "./globs.ts";
import type { PolicyParts } from "./parts.ts";
import { SchemaReader } from "./schemas.ts";

/** One tool of a policy, declared or only named by a rule. */
export interface BuiltTool {
  readonly name: string;
  readonly at: Span;
  readonly implicit: boolean;
  readonly policy: ToolPolicy;
  /** Checks conditions against this tool's arguments. Tools with equal arguments share one. */
  readonly checker: Checker;
  /** The type of its arguments; dynamic where they are undescribed. */
  readonly arguments: Type;
  /** What it says of what a call touches. */
  readonly resources: BuiltResources;
}

const NOT_STATED: BuiltResources = { isStated: false, entries: [] };

/** Each glob is compared with each tool. */
const GLOBS = 1_000;

/** All tools of a policy. Names are looked up in a `Map`: a tool may be called `constructor`. */
export class Tools {
  readonly #tools = new Map<string, BuiltTool>();
  readonly #declared: ReadonlySet<string>;
  readonly #globs = new Map<string, readonly string[]>();
  readonly #reporter: Reporter;
  readonly #strict: boolean;
  /** Checks conditions where no tool is known, or its arguments are undescribed. */
  readonly undescribed: Checker;
  /** Whether a tool may be missing that was written. */
  readonly incomplete: boolean;

  constructor(
    parts: PolicyParts,
    shapes: ShapeTypes,
    implicit: readonly string[],
    conditions: Conditions,
    reporter: Reporter,
    strict: boolean,
  ) {
    this.#reporter = reporter;
    this.#strict = strict;
    this.incomplete = parts.incomplete || parts.keys.has("include");
    this.#declared = new Set(parts.tools.map((entry) => entry.key));
    const names = this.incomplete ? undefined : [...new Set([...this.#declared, ...implicit])];
    this.undescribed = conditions.checker(environmentOf(shapes, DYNAMIC, names));
    const reader = new ToolReader(parts, shapes, names, this.undescribed, conditions, reporter);
    for (const entry of parts.tools) {
      const tool = reader.read(entry);
      if (tool !== undefined) this.#tools.set(entry.key, tool);
    }
  }

  /** Every tool, the declared ones first. */
  get all(): IterableIterator<BuiltTool> {
    return this.#tools.values();
  }

  get(name: string): BuiltTool | undefined {
    return this.#tools.get(name);
  }

  /**
   * The declared tools of a glob; one that matches nothing is an error.
   *
   * @param restricts - whether it stands in a rule that denies or reviews: then it is for tools that only a rule names
   *   as well, or naming one in an allow rule would lead past every glob that forbids it
   */
  expand(glob: string, at: Span, restricts = false): readonly string[] {
    const identity = `${restricts ? "every" : "declared"} ${glob}`;
    let names = this.#globs.get(identity);
    if (names === undefined) {
      if (this.#globs.size >= GLOBS) {
        const message = `The policy has more than ${GLOBS} different globs.`;
        this.#reporter.error({ code: "yaml_limit", at, message });
        return [];
      }
      const all = restricts ? new Set([...this.#declared, ...this.#tools.keys()]) : this.#declared;
      names = [...all].filter((name) => globMatches(glob, name));
      this.#globs.set(identity, names);
    }
    if (names.length === 0 && !this.incomplete) {
      const message = `No tool under \`tools\` matches \`${glob}\`.`;
      const hint = "`*` stays within one segment of a name, up to the next `/`; `**` crosses.";
      this.#reporter.error({ code: "unmatched_glob", at, message, hint });
    }
    return names;
  }

  /** Declares a tool that only a rule names: writes, cannot be undone, data unknown, arguments undescribed. */
  declare(name: string, at: Span): void {
    if (this.#tools.has(name) || this.#declared.has(name)) return;
    const { line } = at.file.positionOf(at.start);
    const policy: ToolPolicy = {
      operation: "write",
      reversible: false,
      default: "deny",
      at: { file: at.file.path, line },
    };
    this.#tools.set(name, {
      name,
      at,
      implicit: true,
      policy,
      checker: this.undescribed,
      arguments: DYNAMIC,
      resources: NOT_STATED,
    });
    if (this.incomplete) return;
    const right = this.#reporter.nearest(name, [...this.#declared]);
    const finding = {
      code: "implicit_tool",
      at,
      message: `The tool \`${name}\` is not declared under \`tools\`. It is taken to write, not to be reversible, and to have unknown data and undescribed arguments.`,
      hint:
        right === undefined
          ? `Declare it: \`tools: { ${name}: { operation: ... } }\`.`
          : `Did you mean \`${right}\`?`,
    } as const;
    if (this.#strict) this.#reporter.error(finding);
    else this.#reporter.warning(finding);
  }

  /** Reports a name of a tool that is malformed. */
  refuseName(name: string, at: Span): boolean {
    const literal = isGlob(name) ? name.replaceAll("*", "x") : name;
    if (NAME.test(literal)) return false;
    this.#reporter.error({ code: "bad_name", at, message: nameRefusal(name, "a tool") });
    return true;
  }
}

/** Reads the entries of `tools`. */
class ToolReader {
  readonly #shapes: ShapeTypes;
  readonly #names: readonly string[] | undefined;
  readonly #undescribed: Checker;
  readonly #conditions: Conditions;
  readonly #reporter: Reporter;
  readonly #schemas: SchemaReader;
  readonly #checkers = new Map<string, Checker>();

  constructor(
    parts: PolicyParts,
    shapes: ShapeTypes,
    names: readonly string[] | undefined,
    undescribed: Checker,
    conditions: Conditions,
    reporter: Reporter,
  ) {
    this.#shapes = shapes;
    this.#names = names;
    this.#undescribed = undescribed;
    this.#conditions = conditions;
    this.#reporter = reporter;
    this.#schemas = new SchemaReader({
      isFaulty: parts.isFaulty,
      reporter,
      pattern: (source, at) => conditions.pattern(source, at),
      judge: true,
    });
  }

  read({ key: name, keyAt, value }: YamlEntry): BuiltTool | undefined {
    if (!NAME.test(name)) {
      const hint = isGlob(name)
        ? "A glob may stand in rules and profiles; tools are declared one by one."
        : undefined;
      this.#reporter.error({
        code: "bad_name",
        at: keyAt,
        message: nameRefusal(name, "a tool"),
        hint,
      });
      return undefined;
    }
    const map: YamlMap = value.kind === "map" ? value : { kind: "map", at: keyAt, entries: [] };
    const { checker, schema, type } = this.#arguments(name, map);
    const operation: Operation = wordAt(map, "operation", OPERATIONS) ?? "write";
    const data = wordAt(map, "data", DATA_CLASSES);
    const description = textAt(map, "description")?.value;
    const batch = this.#batch(map, type, checker);
    const stated = buildResources(map, checker, this.#conditions, this.#reporter);
    const { resources } = stated;
    const output = valueOf(map, "output");
    const fallback = buildFallback(
      entryOf(map, "fallback"),
      this.#conditions,
      [checker],
      this.#reporter,
    );
    const policy: ToolPolicy = {
      ...(description === undefined ? {} : { description }),
      operation,
      ...(data === undefined ? {} : { data }),
      reversible: booleanAt(map, "reversible") ?? operation === "read",
      ...(schema === undefined ? {} : { arguments: schema }),
      ...(output === undefined ? {} : { output: this.#schemas.any(output) }),
      ...(resources === undefined ? {} : { resources }),
      ...(batch === undefined ? {} : { batch }),
      default: wordAt(map, "default", ["allow", "deny"]) ?? "deny",
      ...(fallback === undefined ? {} : { fallback }),
      at: { file: keyAt.file.path, line: keyAt.file.positionOf(keyAt.start).line },
    };
    return {
      name,
      at: keyAt,
      implicit: false,
      policy,
      checker,
      arguments: type,
      resources: stated,
    };
  }

  #arguments(
    name: string,
    map: YamlMap,
  ): { checker: Checker; type: Type; schema?: NonNullable<ToolPolicy["arguments"]> } {
    const node = valueOf(map, "arguments");
    if (node === undefined) return { checker: this.#undescribed, type: DYNAMIC };
    const schema = this.#schemas.arguments(node);
    const type = typeOfSchema(schema, "arguments", `the tool \`${name}\``, (inner) =>
      this.#schemas.isUnknown(inner),
    );
    if (type.kind === "dynamic") return { checker: this.#undescribed, type, schema };
    const identity = JSON.stringify(schema);
    let checker = this.#checkers.get(identity);
    if (checker === undefined) {
      checker = this.#conditions.checker(environmentOf(this.#shapes, type, this.#names));
      this.#checkers.set(identity, checker);
    }
    return { checker, type, schema };
  }

  /** The argument that counts must be one that the tool has, and must be a number or a list. */
  #batch(map: YamlMap, type: Type, checker: Checker): ToolPolicy["batch"] {
    const batch = mapAt(map, "batch");
    const argument = batch === undefined ? undefined : textAt(batch, "argument");
    if (argument === undefined) return undefined;
    if (type.kind === "object") {
      const source = { text: argument.value, scalar: argument, spanOf: () => argument.at };
      const range = { start: 0, end: argument.value.length };
      const of = checker.notes.made({ kind: "variable", name: "arguments" }, source, range);
      const read = checker.notes.made({ kind: "field", of, name: argument.value }, source, range);
      const counted = readField(checker, type, read, true);
      if (!canBe(counted, "number", "list")) {
        const message = `A batch is counted by a number or a list; \`${shown(argument.value)}\` is ${describe(counted)}.`;
        this.#reporter.error({ code: "wrong_type", at: argument.at, message });
      }
    }
    return { argument: argument.value };
  }
}
