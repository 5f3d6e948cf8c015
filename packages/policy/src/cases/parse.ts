import type {
  DecisionCode,
  Effect,
  Identity,
  Json,
  JsonObject,
  SourcePosition,
} from "@interlatch/core";
import { epochOf } from "../conditions/times.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { isText, listAt, mapAt, textAt, textsAt } from "../document/fields.ts";
import { checkShape } from "../document/issues.ts";
import { readYaml } from "../yaml/read.ts";
import { SourceFile, type Span } from "../yaml/source.ts";
import {
  entryOf,
  toJson,
  toJsonObject,
  type YamlMap,
  type YamlNode,
  valueOf,
} from "../yaml/tree.ts";
import { policyTestDocument } from "./schema.ts";

/** What a decision must be. Only what is there is compared. */
export interface ExpectedDecision {
  readonly effect: Effect;
  readonly code?: DecisionCode;
  /** The deciding rule; `null`: no rule decided. */
  readonly rule?: string | null;
  /** The effective arguments, whole. */
  readonly arguments?: JsonObject;
  readonly fallback?: { readonly message: string } | { readonly value: Json };
}

/** One call and what must come of it. */
export interface PolicyTestCase {
  readonly name: string;
  readonly at: SourcePosition;
  readonly call: { readonly tool: string; readonly arguments: JsonObject };
  readonly identity: Identity;
  /** The clock, in milliseconds since 1970; absent: the runner's own. */
  readonly time?: number;
  /** Facts of the host, beside those of the policy. */
  readonly facts?: JsonObject;
  readonly expect: ExpectedDecision;
}

/** A file of tests. */
export interface PolicyTests {
  /** The files of the policy, relative to the file of tests; empty: the one beside it. */
  readonly policy: readonly string[];
  /** Tables are written out: each row is a case. */
  readonly cases: readonly PolicyTestCase[];
}

/** A file of tests, or everything that is wrong with it. */
export type ParseTestsResult =
  | { readonly ok: true; readonly tests: PolicyTests }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/**
 * Reads a `*.test.yaml` file: cases, each with a call, who makes it and what must come of it. Keys are as strict as
 * those of a policy, and all errors come at once with their places.
 *
 * @param text - the file
 * @param path - as errors name it; nothing is read from it
 *
 * @example
 * ```ts
 * import { parsePolicyTests } from "@interlatch/policy";
 * const text = `
 * defaults: { identity: { agent: { id: a1, roles: [clerk] } } }
 * cases:
 *   - name: orders are read
 *     call: { tool: read_order, arguments: { order: 17 } }
 *     expect: { effect: allow }
 * `;
 * const result = parsePolicyTests(text, "policy.test.yaml");
 * if (result.ok) console.log(result.tests.cases.length);
 * ```
 */
export function parsePolicyTests(text: string, path: string): ParseTestsResult {
  const file = new SourceFile(path, text);
  const reporter = new Reporter([file]);
  const root = readYaml(file, reporter);
  if (root !== undefined) checkShape(root, policyTestDocument, reporter);
  const tests = root?.kind === "map" ? new TestReader(root, reporter).read() : undefined;
  return tests === undefined || reporter.failed
    ? { ok: false, errors: reporter.diagnostics("error") }
    : { ok: true, tests };
}

class TestReader {
  readonly #root: YamlMap;
  readonly #reporter: Reporter;
  readonly #defaults: YamlMap | undefined;
  readonly #names = new Map<string, Span>();

  constructor(root: YamlMap, reporter: Reporter) {
    this.#root = root;
    this.#reporter = reporter;
    this.#defaults = mapAt(root, "defaults");
  }

  read(): PolicyTests {
    const cases = listAt(this.#root, "cases")?.items ?? [];
    return {
      policy: textsAt(this.#root, "policy").map((text) => text.value),
      cases: cases.flatMap((node) => (node.kind === "map" ? this.#case(node) : [])),
    };
  }

  #case(node: YamlMap): readonly PolicyTestCase[] {
    const name = textAt(node, "name");
    const call = mapAt(node, "call");
    const tool = call === undefined ? undefined : textAt(call, "tool");
    if (name === undefined || call === undefined || tool === undefined) return [];
    this.#refuseTwice(name.value, name.at);
    const own = valueOf(call, "arguments");
    const given = own === undefined ? empty() : toJsonObject(own);
    const rows = listAt(node, "table")?.items.filter((row) => row.kind === "map");
    const made = (rows ?? [undefined]).map((row, index) => {
      const label =
        row === undefined ? undefined : (textAt(row, "name")?.value ?? String(index + 1));
      const title = label === undefined ? name.value : `${name.value} / ${label}`;
      if (row !== undefined && label !== undefined) this.#refuseTwice(title, row.at);
      return this.#one(title, row?.at ?? name.at, node, row, tool.value, given);
    });
    return made.filter((one) => one !== undefined);
  }

  /** One case, or one row of its table. */
  #one(
    name: string,
    at: Span,
    node: YamlMap,
    row: YamlMap | undefined,
    tool: string,
    given: JsonObject | undefined,
  ): PolicyTestCase | undefined {
    const places = row === undefined ? [node] : [row, node];
    const identity = this.#first(places, "identity", at, true);
    const expect = nodeOf(places, "expect");
    const time = this.#time(nodeOf([...places, ...this.#defaultPlaces()], "time"));
    const facts = nodeOf(places, "facts");
    const over = row === undefined ? undefined : valueOf(row, "arguments");
    if (expect === undefined) {
      this.#reporter.error({ code: "missing_key", at, message: "The case has no `expect`." });
    }
    const expected = expect?.kind === "map" ? this.#expected(expect) : undefined;
    const laid = over === undefined ? empty() : toJsonObject(over);
    const who = identity === undefined ? undefined : toJsonObject(identity);
    if (expected === undefined || who === undefined || given === undefined || laid === undefined)
      return undefined;
    const hostFacts = facts === undefined ? undefined : toJsonObject(facts);
    return {
      name,
      at: { file: at.file.path, line: at.file.positionOf(at.start).line },
      call: { tool, arguments: Object.assign(empty(), given, laid) },
      identity: who as unknown as Identity, // its shape was checked by the schema of the document
      ...(time === undefined ? {} : { time }),
      ...(hostFacts === undefined ? {} : { facts: hostFacts }),
      expect: expected,
    };
  }

  #defaultPlaces(): readonly YamlMap[] {
    return this.#defaults === undefined ? [] : [this.#defaults];
  }

  #first(
    places: readonly YamlMap[],
    key: string,
    at: Span,
    required: boolean,
  ): YamlNode | undefined {
    const node = nodeOf([...places, ...this.#defaultPlaces()], key);
    if (node === undefined && required) {
      this.#reporter.error({
        code: "missing_key",
        at,
        message: `The case has no \`${key}\`, and \`defaults\` has none.`,
      });
    }
    return node;
  }

  #time(node: YamlNode | undefined): number | undefined {
    if (!isText(node)) return undefined;
    const time = epochOf(node.value);
    if (time === undefined) {
      const message = `\`${shown(node.value)}\` is no instant.`;
      this.#reporter.error({
        code: "bad_date",
        at: node.at,
        message,
        hint: "Write one like 2026-11-22T10:00:00Z.",
      });
    }
    return time;
  }

  #expected(node: YamlMap): ExpectedDecision | undefined {
    const fallback = mapAt(node, "fallback");
    if (fallback !== undefined && fallback.entries.length !== 1) {
      const message = "An expected fallback is either a `message` or a `value`.";
      this.#reporter.error({
        code: "conflicting_keys",
        at: entryOf(node, "fallback")?.keyAt ?? node.at,
        message,
      });
    }
    return toJson(node) as unknown as ExpectedDecision | undefined; // its shape was checked by the schema of the document
  }

  #refuseTwice(name: string, at: Span): void {
    const first = this.#names.get(name);
    if (first === undefined) {
      this.#names.set(name, at);
      return;
    }
    const { line } = first.file.positionOf(first.start);
    const message = `A case of the name \`${shown(name)}\` stands on line ${line} already.`;
    this.#reporter.error({ code: "duplicate_name", at, message });
  }
}

function nodeOf(places: readonly YamlMap[], key: string): YamlNode | undefined {
  for (const place of places) {
    const node = valueOf(place, key);
    if (node !== undefined) return node;
  }
  return undefined;
}

function empty(): Record<string, Json> {
  return Object.create(null); // without a prototype, as all JSON here
}
