import type { Rewrite } from "../decision/decision.ts";
import { spend, textCost } from "../evaluate/cost.ts";
import type { CostBudget } from "../evaluate/scope.ts";
import { emptyImage } from "../snapshot/snapshot.ts";
import { canonicalJson } from "../snapshot/digest.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import type { RedactionPlan } from "./plan.ts";
import { MARK, type Tokens } from "./token.ts";

/** Arguments with what a plan hides replaced. */
export interface Redacted {
  readonly image: JsonObject;
  /** One for each path that replaced something, by path. */
  readonly rewrites: readonly Rewrite[];
}

/** What redacting works with. */
export interface RedactionContext {
  /** `null`: the host gave no key. */
  readonly tokens: Tokens | null;
  readonly tenant: string | undefined;
  readonly budget: CostBudget;
}

/** Why something cannot be hidden, for operators: a path, and no value. */
export class RedactionFault {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** See {@link redact}. */
export type Redact = typeof redact;

/** Units of a token beside what it is made of. */
const TOKEN_COST = 32;

/**
 * Replaces what a plan hides. A value that is absent, or `null` above it, leaves nothing to do. A value of another
 * shape than its path says is a fault: what must be hidden may stand in it all the same.
 */
export function redact(
  image: JsonObject,
  plan: RedactionPlan,
  context: RedactionContext,
): Redacted | RedactionFault {
  const redactor = new Redactor(context);
  const made = redactor.redact(image, plan);
  if (redactor.fault !== null) return redactor.fault;
  const rewrites = [...redactor.paths].sort().map((path): Rewrite => ({ kind: "redact", path }));
  // The plan of the whole arguments replaces no whole, so an object stays one.
  return { image: made as JsonObject, rewrites };
}

class Redactor {
  fault: RedactionFault | null = null;
  readonly paths = new Set<string>();
  readonly #context: RedactionContext;

  constructor(context: RedactionContext) {
    this.#context = context;
  }

  redact(value: Json, plan: RedactionPlan): Json {
    if (this.fault !== null) return value;
    if (plan.as !== null) return this.#replace(value, plan.path, plan.as);
    if (value === null) return value;
    const { items, fields } = plan;
    if (isList(value)) {
      return items === null || fields.size > 0
        ? this.#misfit(plan, value)
        : this.#list(value, items);
    }
    if (typeof value === "object" && items === null) return this.#object(value, fields);
    return this.#misfit(plan, value);
  }

  #replace(value: Json, path: string, as: NonNullable<RedactionPlan["as"]>): Json {
    if (as === "mark" && value === MARK) return value;
    const text = as === "mark" ? MARK : this.#token(value);
    if (text === null) return value;
    this.paths.add(path);
    return text;
  }

  #token(value: Json): string | null {
    const { tokens, tenant, budget } = this.#context;
    if (tokens === null) return this.#fail("the host has given no `redactionKey`");
    // With the tenant, so that equal values of two tenants cannot be told to be equal.
    const content = canonicalJson({ tenant: tenant ?? null, value });
    const cost = TOKEN_COST + 2 * textCost(content.length);
    return spend(budget, cost) ? tokens(content) : this.#fail("it costs too much");
  }

  #object(value: JsonObject, fields: RedactionPlan["fields"]): Json {
    // In a list of objects each of them is asked for each name.
    if (!spend(this.#context.budget, 1 + (fields.size >>> 3))) this.#fail("it costs too much");
    if (this.fault !== null) return value;
    let made: Record<string, Json> | null = null;
    for (const [name, plan] of fields) {
      if (!Object.hasOwn(value, name)) continue;
      const before = value[name] ?? null;
      const after = this.redact(before, plan);
      if (after !== before) (made ??= this.#copy(value))[name] = after;
    }
    return made === null ? value : Object.freeze(made);
  }

  #copy(value: JsonObject): Record<string, Json> {
    const copy = emptyImage();
    // Images inherit nothing, so this walks own keys alone.
    for (const key in value) copy[key] = value[key] ?? null;
    return copy;
  }

  #list(items: readonly Json[], plan: RedactionPlan): Json {
    if (!spend(this.#context.budget, 1 + (items.length >>> 2))) this.#fail("it costs too much");
    const made = items.map((item) => this.redact(item, plan));
    return made.every((item, index) => item === items[index]) ? items : Object.freeze(made);
  }

  #misfit({ path, items }: RedactionPlan, value: Json): Json {
    const wanted = items === null ? "an object" : "a list";
    this.#fail(`\`${path}\` is not ${wanted}, so what is below it cannot be found`);
    return value;
  }

  #fail(reason: string): null {
    this.fault ??= new RedactionFault(reason);
    return null;
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
