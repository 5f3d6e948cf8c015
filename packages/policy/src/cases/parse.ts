import type { Identity } from "@interlatch/core";
import { epochOf } from "../conditions/times.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { isText, listAt, mapAt, textAt, textsAt } from "../document/fields.ts";
import { checkShape } from "../document/issues.ts";
import { readYaml } from "../yaml/read.ts";
import { SourceFile, type Span } from "../yaml/source.ts";
import { toJsonObject, type YamlMap, type YamlNode, valueOf } from "../yaml/tree.ts";
import type { PolicyTestCase, PolicyTests } from "./case.ts";
import { earlierCalls } from "./earlier.ts";
import { knownColumns, layOver } from "./layers.ts";
import { callOf, expectedOf, placeOf } from "./read-parts.ts";
import { laidOutCases, policyTestDocument } from "./schema.ts";

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
 * defaults: { agent: { id: a1, roles: [clerk] } }
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
  const tests = root?.kind === "map" ? readTests(root, reporter) : undefined;
  return tests === undefined || reporter.failed
    ? { ok: false, errors: reporter.diagnostics("error") }
    : { ok: true, tests };
}

/** A case with its defaults, or a row of its table, laid out. */
interface LaidOut {
  readonly name: string;
  /** The case's name, or the row. */
  readonly at: Span;
  readonly node: YamlMap;
}

function readTests(root: YamlMap, reporter: Reporter): PolicyTests {
  const list = listAt(root, "cases");
  const defaults = mapAt(root, "defaults");
  const names = new Names(reporter);
  const laid = (list?.items ?? []).flatMap((node) =>
    node.kind === "map" ? layOut(node, defaults, names, reporter) : [],
  );
  const whole = laid.filter((one) => isComplete(one, reporter));
  checkLaidOut(root, whole, reporter);
  return {
    policy: textsAt(root, "policy").map((text) => text.value),
    cases: whole.flatMap((one) => caseOf(one, reporter) ?? []),
  };
}

function layOut(
  node: YamlMap,
  defaults: YamlMap | undefined,
  names: Names,
  reporter: Reporter,
): readonly LaidOut[] {
  const name = textAt(node, "name");
  if (name === undefined) return [];
  names.add(name.value, name.at);
  const layers = defaults === undefined ? [node] : [defaults, node];
  const rows = listAt(node, "table")?.items;
  if (rows === undefined) return [{ name: name.value, at: name.at, node: layOver(node, layers) }];
  return rows.flatMap((row, index) => {
    if (row.kind !== "map") return [];
    const title = `${name.value} / ${textAt(row, "name")?.value ?? String(index + 1)}`;
    names.add(title, row.at);
    return [
      { name: title, at: row.at, node: layOver(node, [...layers, knownColumns(row, reporter)]) },
    ];
  });
}

/** Says of what is missing that it may stand elsewhere, which a schema cannot. */
function isComplete({ at, node }: LaidOut, reporter: Reporter): boolean {
  if (valueOf(node, "expect") === undefined) {
    reporter.error({ code: "missing_key", at, message: "The case has no `expect`." });
  }
  const identity = valueOf(node, "identity");
  if (identity === undefined || (identity.kind === "map" && isUnnamed(identity))) {
    const message = "The case says nowhere who calls: it has no `agent`, and `defaults` has none.";
    reporter.error({ code: "missing_key", at, message, hint: "Write agent: { id: a1 }." });
    return false;
  }
  return valueOf(node, "expect") !== undefined && valueOf(node, "call") !== undefined;
}

/** Parts of an identity were given, and no `identity` that would have been told to name its agent. */
function isUnnamed(identity: YamlMap): boolean {
  return valueOf(identity, "agent") === undefined;
}

/** What a row says is judged by the shape of the case that it makes; its places are those of the row. */
function checkLaidOut(root: YamlMap, laid: readonly LaidOut[], reporter: Reporter): void {
  const items = laid.map(({ node }) => node);
  const cases: YamlNode = { kind: "list", at: root.at, items };
  const entries = [{ key: "cases", keyAt: root.at, value: cases }];
  checkShape({ ...root, entries }, laidOutCases, reporter);
}

function caseOf({ name, at, node }: LaidOut, reporter: Reporter): PolicyTestCase | undefined {
  const call = callOf(node);
  const who = mapAt(node, "identity");
  const identity = who === undefined ? undefined : toJsonObject(who);
  const expect = mapAt(node, "expect");
  const expected = expect === undefined ? undefined : expectedOf(expect, reporter);
  const time = timeOf(valueOf(node, "time"), reporter);
  const facts = mapAt(node, "facts");
  const hostFacts = facts === undefined ? undefined : toJsonObject(facts);
  if (call === undefined || identity === undefined || expected === undefined) return undefined;
  const acting = identity as unknown as Identity; // its shape was checked by the schema of the document
  const around = { identity: acting, time, facts: hostFacts };
  return {
    name,
    at: placeOf(at),
    call,
    identity: acting,
    ...(time === undefined ? {} : { time }),
    ...(hostFacts === undefined ? {} : { facts: hostFacts }),
    session: earlierCalls(node, around, reporter),
    expect: expected,
  };
}

function timeOf(node: YamlNode | undefined, reporter: Reporter): number | undefined {
  if (!isText(node)) return undefined;
  const time = epochOf(node.value);
  if (time === undefined) {
    const message = `\`${shown(node.value)}\` is no instant.`;
    const hint = "Write one like 2026-11-22T10:00:00Z.";
    reporter.error({ code: "bad_date", at: node.at, message, hint });
  }
  return time;
}

/** The names of cases and rows, of which no two may be the same. */
class Names {
  readonly #reporter: Reporter;
  readonly #known = new Map<string, Span>();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  add(name: string, at: Span): void {
    const first = this.#known.get(name);
    if (first === undefined) {
      this.#known.set(name, at);
      return;
    }
    const { line } = first.file.positionOf(first.start);
    const message = `A case of the name \`${shown(name)}\` stands on line ${line} already.`;
    this.#reporter.error({ code: "duplicate_name", at, message });
  }
}
