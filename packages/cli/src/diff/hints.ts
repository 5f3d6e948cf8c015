import { childrenOf, expressionsInResources } from "@interlatch/policy";
import type { Expression, Json, JsonObject, Policy } from "@interlatch/core";
import { samplesOfScope } from "./scope-values.ts";
import { samplesOfPattern } from "./sample-pattern.ts";

/** What conditions compare a place of a call with: `arguments.to.*`, `agent.roles.*`, `request.time`. */
export interface Hint {
  readonly values: Set<Json>;
  /** Lengths that texts and lists are compared with. */
  readonly sizes: Set<number>;
}

/** Hints by the place they are for. */
export type Hints = ReadonlyMap<string, Hint>;

/** What two places that are compared with each other both get. */
const SAME = "same";

/**
 * Values that a search should try on calls of a tool: every constant that a condition compares something with, and
 * for numbers their neighbours; hosts, paths and patterns as texts that pass and that just fail; and what profiles
 * list of the resources that the call names.
 */
export function hintsOf({ agents, rules, tools, facts }: Policy, tool: string): Hints {
  const collector = new Collector(facts);
  const profiles = Object.values(agents ?? {});
  const own = rules.flatMap(({ tools: names, when }) =>
    when !== undefined && names.includes(tool) ? [when] : [],
  );
  for (const condition of [...profiles.map(({ when }) => when), ...own]) {
    collector.walk(condition, new Map());
  }
  const resources = Object.hasOwn(tools, tool) ? tools[tool]?.resources : undefined;
  const scopes = profiles.flatMap((profile) => samplesOfScope(profile));
  for (const expression of expressionsInResources(resources)) collector.offer(expression, scopes);
  return collector.hints;
}

type Locals = ReadonlyMap<string, Source>;

/** Where a value comes from: a place of the call, or constants. */
interface Source {
  readonly path: string | null;
  readonly constants: readonly Json[];
  /** The function it went through: `host`, `size`, `getHours`. */
  readonly through: string | null;
}

const UNKNOWN: Source = { path: null, constants: [], through: null };

class Collector {
  readonly hints = new Map<string, Hint>();
  readonly #facts: JsonObject;

  constructor(facts: JsonObject) {
    this.#facts = facts;
  }

  walk(one: Expression, locals: Locals): void {
    switch (one.kind) {
      case "compare":
        this.#compared(
          one.operator,
          this.#source(one.left, locals),
          this.#source(one.right, locals),
        );
        break;
      case "matches":
        this.#add(this.#source(one.of, locals), samplesOfPattern(one.pattern));
        break;
      case "call":
        this.#called(
          one.function,
          one.arguments.map((each) => this.#source(each, locals)),
        );
        break;
      case "comprehension": {
        const over = this.#source(one.over, locals);
        const inner = new Map([...locals, [one.as, itemsOf(over)]]);
        for (const part of [one.where, one.body]) if (part !== undefined) this.walk(part, inner);
        this.walk(one.over, locals);
        return;
      }
      default:
        this.#mention(this.#source(one, locals));
    }
    for (const part of childrenOf(one)) this.walk(part, locals);
  }

  /** Values to be tried where an expression reads. */
  offer(one: Expression, values: readonly Json[]): void {
    this.#add(this.#source(one, new Map()), values);
    this.walk(one, new Map());
  }

  /** Where the value of an expression comes from. */
  #source(one: Expression, locals: Locals): Source {
    switch (one.kind) {
      case "literal":
        return { ...UNKNOWN, constants: [one.value] };
      case "list":
        return {
          ...UNKNOWN,
          constants: one.items.flatMap((item) => this.#source(item, locals).constants),
        };
      case "local":
        return locals.get(one.name) ?? UNKNOWN;
      case "variable":
        return one.name === "facts"
          ? this.#fact(this.#facts, "facts")
          : { ...UNKNOWN, path: one.name };
      case "has":
      case "field":
        return this.#below(this.#source(one.of, locals), one.name);
      case "index":
        return this.#at(this.#source(one.of, locals), this.#source(one.at, locals));
      case "negate":
        return {
          ...UNKNOWN,
          constants: this.#source(one.of, locals).constants.map((value) => -Number(value)),
        };
      case "call": {
        const [first] = one.arguments;
        const source = first === undefined ? UNKNOWN : this.#source(first, locals);
        return { ...source, through: one.function };
      }
      default:
        return UNKNOWN;
    }
  }

  #below({ path, constants }: Source, name: string): Source {
    if (path === null) return UNKNOWN;
    const [inside] = constants;
    if (path.startsWith("facts") && isObject(inside) && Object.hasOwn(inside, name)) {
      return this.#fact(inside[name] ?? null, `${path}.${name}`);
    }
    return { ...UNKNOWN, path: `${path}.${name}` };
  }

  #at(of: Source, { constants: [key] }: Source): Source {
    return typeof key === "string" ? this.#below(of, key) : itemsOf(of);
  }

  #fact(value: Json, path: string): Source {
    return { path, constants: Array.isArray(value) ? value : [value], through: null };
  }

  #compared(operator: string, left: Source, list: Source): void {
    // What is looked for in a list is one of its items.
    const right = operator === "in" && list.path !== null ? itemsOf(list) : list;
    this.#add(left, right.constants);
    this.#add(right, left.constants);
    if (left.path !== null && right.path !== null) {
      for (const side of [left, right]) this.#add(side, [SAME]);
    }
  }

  #called(name: string, [subject = UNKNOWN, second = UNKNOWN]: readonly Source[]): void {
    const texts = second.constants.filter((value) => typeof value === "string");
    switch (name) {
      case "startsWith":
        return this.#add(
          subject,
          texts.flatMap((text) => [text, `${text}x`]),
        );
      case "endsWith":
        return this.#add(
          subject,
          texts.flatMap((text) => [text, `x${text}`, `x.${text}`]),
        );
      case "contains":
        return this.#add(
          subject,
          texts.flatMap((text) => [text, `x${text}x`]),
        );
      case "glob":
        return this.#add(
          subject,
          texts.map((text) => text.replaceAll(/\*+/g, "x").replaceAll("?", "x")),
        );
      case "inDomain":
        return this.#add(
          subject,
          texts.flatMap((text) => [text, `sub.${text}`, `x${text}`]),
        );
      case "under":
        return this.#add(
          subject,
          texts.flatMap((text) => [text, `${text}/x`, `${text}x`, "/x"]),
        );
      case "ipIn":
        return this.#add(subject, [
          ...texts.map((text) => text.split("/")[0] ?? ""),
          "127.0.0.1",
          "8.8.8.8",
        ]);
      case "isPrivateHost":
        return this.#add(subject, ["localhost", "10.0.0.1", "example.com"]);
      default:
        return this.#mention(subject);
    }
  }

  /** A place that a condition reads is one to vary, whatever it is compared with. */
  #mention({ path }: Source): void {
    if (path !== null) this.#hint(path);
  }

  #add({ path, through }: Source, values: readonly Json[]): void {
    if (path === null || path.startsWith("facts")) return;
    const hint = this.#hint(path);
    for (const value of values) {
      if (through === "size") near(value).forEach((size) => hint.sizes.add(size));
      else for (const one of beforeFunction(through, value)) hint.values.add(one);
    }
  }

  #hint(path: string): Hint {
    const known = this.hints.get(path);
    if (known !== undefined) return known;
    const made = { values: new Set<Json>(), sizes: new Set<number>() };
    if (!path.startsWith("facts")) this.hints.set(path, made);
    return made;
  }
}

/** Values that a function turns into this one, or into its neighbours. */
function beforeFunction(through: string | null, value: Json): readonly Json[] {
  if (typeof value === "number") return [value, value - 1, value + 1];
  if (typeof value !== "string") return [value];
  switch (through) {
    case "host":
      return [`https://${value}/`, `someone@${value}`];
    case "lower":
      return [value, value.toUpperCase()];
    default:
      return [value];
  }
}

function near(value: Json): readonly number[] {
  return typeof value === "number" ? [value - 1, value, value + 1].filter((size) => size >= 0) : [];
}

function itemsOf({ path, constants, through }: Source): Source {
  return { path: path === null ? null : `${path}.*`, constants, through };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
