import type { Expression, RateLimit, Rule } from "@interlatch/core";
import type { Checker } from "../conditions/check.ts";
import type { Conditions } from "../conditions/conditions.ts";
import { childrenOf } from "../expressions/parts.ts";
import { endOfDay, epochOf } from "../conditions/times.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { listAt, numberAt, textAt, textsAt, wordAt, isText } from "../document/fields.ts";
import { NAME, nameRefusal } from "../document/names.ts";
import { ACTIONS, LIMIT_KEYS } from "../document/schema.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf, type YamlMap, type YamlNode } from "../yaml/tree.ts";
import { buildFallback } from "./fallbacks.ts";
import { isGlob } from "./globs.ts";
import { parseRate } from "./limits.ts";
import { reportTwice } from "./parts.ts";
import { buildRedaction } from "./redactions.ts";
import { buildReview } from "./reviews.ts";
import type { Tools } from "./tools.ts";
import { buildWhen, reportBoth } from "./when.ts";

/** One rule that built. */
export interface BuiltRule {
  /** Its name. */
  readonly at: Span;
  /** As it was written, for the places of its keys. */
  readonly node: YamlMap;
  readonly rule: Rule;
}

/** The tools that the rules name outright, each with its first place. */
export function toolsNamedBy(rules: readonly YamlNode[]): ReadonlyMap<string, Span> {
  const named = new Map<string, Span>();
  for (const rule of rules) {
    if (rule.kind !== "map") continue;
    for (const { value: name, at } of [...textsAt(rule, "tool"), ...textsAt(rule, "tools")]) {
      if (!isGlob(name) && NAME.test(name) && !named.has(name)) named.set(name, at);
    }
  }
  return named;
}

/** Reads the rules of a policy. */
export class RuleReader {
  readonly #tools: Tools;
  readonly #conditions: Conditions;
  readonly #reporter: Reporter;
  readonly #names = new Map<string, Span>();

  constructor(tools: Tools, conditions: Conditions, reporter: Reporter) {
    this.#tools = tools;
    this.#conditions = conditions;
    this.#reporter = reporter;
  }

  /** One rule. Every part is checked, also where another part is broken. */
  read(node: YamlNode): BuiltRule | undefined {
    if (node.kind !== "map") return undefined;
    const name = this.#name(node);
    const tools = this.#toolNames(node);
    const checkers = this.#checkersOf(tools);
    const when = buildWhen(node, this.#conditions, this.#reporter);
    if (when.kind !== "always" && when.expression !== undefined) check(when.expression, checkers);
    const fallback = buildFallback(
      entryOf(node, "fallback"),
      this.#conditions,
      checkers,
      this.#reporter,
    );
    const until = this.#until(node);
    const rateLimit = this.#rateLimit(node);
    const built = tools.map((one) => this.#tools.get(one)).filter((one) => one !== undefined);
    const redact = buildRedaction(node, built, this.#reporter);
    const review = buildReview(node, this.#reporter);
    const action = ACTIONS[wordAt(node, "action", Object.keys(ACTIONS)) ?? ""];
    if (name === undefined || action === undefined || when.kind === "broken") return undefined;
    const reason = textAt(node, "reason")?.value;
    const maxBatchSize = numberAt(node, "max_batch_size");
    const rule: Rule = {
      name,
      tools,
      ...(when.kind === "always" ? {} : { when: when.expression }),
      action,
      ...(reason === undefined ? {} : { reason }),
      ...(until === undefined ? {} : { until }),
      ...(maxBatchSize === undefined ? {} : { maxBatchSize }),
      ...(redact === undefined ? {} : { redact }),
      ...(rateLimit === undefined ? {} : { rateLimit }),
      ...(review === undefined ? {} : { review }),
      ...(fallback === undefined ? {} : { fallback }),
      at: { file: node.at.file.path, line: node.at.file.positionOf(node.at.start).line },
    };
    return { at: entryOf(node, "name")?.value.at ?? node.at, node, rule };
  }

  #name(node: YamlMap): string | undefined {
    const scalar = textAt(node, "name");
    if (scalar === undefined) return undefined;
    const { value: name, at } = scalar;
    if (!NAME.test(name)) {
      this.#reporter.error({ code: "bad_name", at, message: nameRefusal(name, "a rule") });
      return undefined;
    }
    const first = this.#names.get(name);
    if (first === undefined) this.#names.set(name, at);
    else reportTwice(this.#reporter, at, first, `The rule \`${name}\``);
    return name;
  }

  #toolNames(node: YamlMap): readonly string[] {
    const [tool, tools] = [entryOf(node, "tool"), entryOf(node, "tools")];
    if (tool !== undefined && tools !== undefined) reportBoth(this.#reporter, tools, "tool");
    if (tool === undefined && tools === undefined) {
      const at = entryOf(node, "name")?.keyAt ?? node.at;
      this.#reporter.error({ code: "missing_key", at, message: "The rule names no `tools`." });
    }
    const names = new Set<string>();
    const restricts = ACTIONS[wordAt(node, "action", Object.keys(ACTIONS)) ?? ""] !== "allow";
    for (const { value: name, at } of [...textsAt(node, "tool"), ...textsAt(node, "tools")]) {
      if (this.#tools.refuseName(name, at)) continue;
      if (isGlob(name)) this.#tools.expand(name, at, restricts).forEach((one) => names.add(one));
      else names.add(name);
    }
    return [...names];
  }

  #checkersOf(tools: readonly string[]): readonly Checker[] {
    const checkers = new Set(
      tools.map((name) => this.#tools.get(name)?.checker ?? this.#tools.undescribed),
    );
    return checkers.size === 0 ? [this.#tools.undescribed] : [...checkers];
  }

  #until(node: YamlMap): number | undefined {
    const scalar = textAt(node, "until");
    if (scalar === undefined) return undefined;
    const until = endOfDay(scalar.value) ?? epochOf(scalar.value);
    if (until === undefined) {
      const message = `\`${shown(scalar.value)}\` is neither a day nor an instant.`;
      const hint =
        "Write a day like 2026-12-31 (to its end, UTC), or an instant like 2026-12-31T18:00:00Z.";
      this.#reporter.error({ code: "bad_date", at: scalar.at, message, hint });
    }
    return until;
  }

  #rateLimit(node: YamlMap): RateLimit | undefined {
    const scalar = textAt(node, "rate_limit");
    if (scalar === undefined) {
      this.#refuseLoose(node);
      return undefined;
    }
    const result = parseRate(scalar.value);
    if (!result.ok) {
      this.#reporter.error({
        code: "bad_rate_limit",
        at: scalar.at,
        message: result.message,
        hint: result.hint,
      });
      return undefined;
    }
    const keys = listAt(node, "by")
      ?.items.filter(isText)
      .map((item) => item.value) ?? ["agent"];
    const by = LIMIT_KEYS.filter((key) => keys.includes(key));
    return {
      ...result.rate,
      onExceed: wordAt(node, "on_exceed", ["deny", "review"]) ?? "deny",
      by,
    };
  }

  /** `by` and `on_exceed` say how a limit works; without one they would be dead words that look like protection. */
  #refuseLoose(node: YamlMap): void {
    if (LIMITS.some((key) => entryOf(node, key) !== undefined)) return;
    for (const key of ["by", "on_exceed"]) {
      const entry = entryOf(node, key);
      if (entry === undefined) continue;
      const message = `\`${key}\` belongs to a limit, and this rule has none.`;
      this.#reporter.error({
        code: "conflicting_keys",
        at: entry.keyAt,
        message,
        hint: "Add `rate_limit`, or leave this out.",
      });
    }
  }
}

const LIMITS = ["rate_limit", "pace", "budget", "max_calls", "cooldown", "concurrency"] as const;

/** Only a condition that reads arguments can differ between tools. */
function check(expression: Expression, checkers: readonly Checker[]): void {
  const differ = checkers.length > 1 && readsArguments(expression);
  for (const checker of differ ? checkers : checkers.slice(0, 1)) checker.condition(expression);
}

function readsArguments(expression: Expression): boolean {
  if (expression.kind === "variable") return expression.name === "arguments";
  return childrenOf(expression).some(readsArguments);
}
