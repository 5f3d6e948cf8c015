import type { ArgumentSchema, ArgumentSchemaObject, Json, SchemaType } from "@interlatch/core";

/** What is known of the keys of an object that fits a schema. */
export interface EvaluatedKeys {
  /** Keys that some schema names. */
  readonly names: ReadonlySet<string>;
  /** What other keys hold, where they are evaluated at all. */
  readonly rest: ArgumentSchema | "none" | "unknown";
}

/** The schemas of a group of which one holds: `anyOf`, `oneOf`, or `then` and `else`. `null`: nothing is said. */
type Alternatives = readonly (readonly ArgumentSchema[] | null)[];

/** Questions about one schema. Beyond it nothing more is known: branches within branches may be without number. */
const MAX_QUESTIONS = 100_000;

/** Answers what holds for every value that fits a schema, through what it applies in place. */
export class SchemaKeys {
  readonly #root: ArgumentSchema;
  readonly #inPlace = new Map<ArgumentSchema, readonly ArgumentSchema[]>();
  #left = MAX_QUESTIONS;

  constructor(root: ArgumentSchema) {
    this.#root = root;
  }

  /** The schema itself and all that it may apply to the same value. */
  inPlace(schema: ArgumentSchema): readonly ArgumentSchema[] {
    const known = this.#inPlace.get(schema);
    if (known !== undefined) return known;
    const found = new Set<ArgumentSchema>();
    const visit = (each: ArgumentSchema | undefined): void => {
      if (each === undefined || found.has(each)) return;
      found.add(each);
      if (typeof each === "boolean") return;
      const { $ref, allOf = [], anyOf = [], oneOf = [], dependentSchemas = {} } = each;
      for (const inner of [...allOf, ...anyOf, ...oneOf]) visit(inner);
      for (const inner of Object.values(dependentSchemas)) visit(inner);
      for (const inner of [each.if, each.then, each.else]) visit(inner);
      if ($ref !== undefined) visit(this.#resolve($ref));
    };
    visit(schema);
    const all = [...found];
    this.#inPlace.set(schema, all);
    return all;
  }

  /** The schema itself and those that hold for each value that fits it: `allOf` and what `$ref` names. */
  always(schema: ArgumentSchema): readonly ArgumentSchema[] {
    const found = new Set<ArgumentSchema>();
    const visit = (each: ArgumentSchema): void => {
      if (found.has(each)) return;
      found.add(each);
      if (typeof each === "boolean") return;
      if (each.$ref !== undefined) visit(this.#resolve(each.$ref));
      for (const inner of each.allOf ?? []) visit(inner);
    };
    visit(schema);
    return [...found];
  }

  /** The values that a value is one of, where `enum` or `const` say so. */
  values(schema: ArgumentSchema): readonly Json[] | undefined {
    return this.#first(schema, (each) => {
      if (each.const !== undefined) return [each.const];
      return each.enum;
    });
  }

  /** The types that a value is of, where `type` says so. */
  kinds(schema: ArgumentSchema): readonly SchemaType[] | undefined {
    return this.#first(schema, ({ type }) => (typeof type === "string" ? [type] : type));
  }

  /** Keys that may be there at all: those that some schema evaluates. */
  evaluated(schema: ArgumentSchemaObject): EvaluatedKeys {
    const names = new Set<string>();
    const rests: ArgumentSchema[] = [];
    let isUnknown = false;
    for (const each of this.inPlace(schema)) {
      if (typeof each === "boolean") continue;
      for (const key of Object.keys(each.properties ?? {})) names.add(key);
      if (each.patternProperties !== undefined) isUnknown = true;
      // What pins the whole value evaluates all of it.
      if (each !== schema && (each.enum ?? each.const) !== undefined) isUnknown = true;
      for (const rest of [each.additionalProperties, each.unevaluatedProperties]) {
        if (rest !== undefined && rest !== false) rests.push(rest);
      }
    }
    const [only, ...others] = rests;
    if (!isUnknown && only === undefined) return { names, rest: "none" };
    const isOne =
      !isUnknown &&
      others.length === 0 &&
      this.always(schema).some((each) => restOf(each) === only);
    return { names, rest: isOne && only !== undefined ? only : "unknown" };
  }

  /** Whether each object that fits has the key. */
  requires(schema: ArgumentSchema, key: string): boolean {
    if (--this.#left < 0) return false;
    const holds = (each: ArgumentSchema): boolean => this.requires(each, key);
    return this.always(schema).some(
      (each) =>
        typeof each === "object" &&
        (each.required?.includes(key) === true ||
          this.#alternatives(each).some((group) =>
            group.every((branch) => branch !== null && branch.some(holds)),
          )),
    );
  }

  /**
   * What the value of a key fits: of each list at least one. A key that only a branch evaluates is there only
   * where that branch holds, so the others do not matter; that is how the fields of a union get their types.
   */
  constraints(
    schema: ArgumentSchema,
    key: string,
    isElsewhere = false,
  ): readonly (readonly ArgumentSchema[])[] {
    if (--this.#left < 0) return [];
    const found: (readonly ArgumentSchema[])[] = [];
    const parts = this.always(schema).filter((each) => typeof each === "object");
    for (const part of parts) {
      const own = ownConstraint(part, key);
      if (own !== undefined) found.push([own]);
      const groups = this.#alternatives(part);
      for (const group of groups) {
        const isAlsoElsewhere = isElsewhere || this.#isEvaluatedBeside(parts, group, key);
        const all = this.#ofGroup(group, key, isAlsoElsewhere);
        if (all !== undefined && all.length > 0) found.push(all);
      }
    }
    return found;
  }

  #ofGroup(
    group: Alternatives,
    key: string,
    isElsewhere: boolean,
  ): readonly ArgumentSchema[] | undefined {
    const all: ArgumentSchema[] = [];
    for (const branch of group) {
      const evaluates = branch?.some((each) => this.#evaluates(each, key)) === true;
      if (!evaluates && !isElsewhere) continue;
      const first = (branch ?? [])
        .flatMap((each) => this.constraints(each, key, isElsewhere))
        .find((constraint) => constraint.length > 0);
      // One branch that says nothing of the key leaves open what it is.
      if (first === undefined) return undefined;
      all.push(...first);
    }
    return all;
  }

  /** Whether anything but this group may evaluate the key. */
  #isEvaluatedBeside(
    parts: readonly ArgumentSchemaObject[],
    group: Alternatives,
    key: string,
  ): boolean {
    return parts.some((part) => {
      if (evaluatesItself(part, key)) return true;
      if (Object.values(part.dependentSchemas ?? {}).some((each) => this.#evaluates(each, key))) {
        return true;
      }
      return this.#alternatives(part).some(
        (other) =>
          !isSameGroup(other, group) &&
          other.some((branch) => branch?.some((each) => this.#evaluates(each, key)) === true),
      );
    });
  }

  /** Whether more than one schema describes the key's value, not all of them always. */
  isShared(schema: ArgumentSchema, key: string): boolean {
    const describes = this.inPlace(schema).filter(
      (each) => typeof each === "object" && ownConstraint(each, key) !== undefined,
    );
    return describes.length > 1;
  }

  /** Also where it cannot be found out: then nothing is made of the key's not being there. */
  #evaluates(schema: ArgumentSchema, key: string): boolean {
    const all = this.inPlace(schema);
    this.#left -= all.length;
    return (
      this.#left < 0 || all.some((each) => typeof each === "object" && evaluatesItself(each, key))
    );
  }

  #alternatives(schema: ArgumentSchemaObject): readonly Alternatives[] {
    const groups: Alternatives[] = [];
    if (schema.anyOf !== undefined) groups.push(schema.anyOf.map((each) => [each]));
    if (schema.oneOf !== undefined) groups.push(schema.oneOf.map((each) => [each]));
    if (schema.if !== undefined) {
      const then = schema.then === undefined ? [schema.if] : [schema.if, schema.then];
      groups.push([then, schema.else === undefined ? null : [schema.else]]);
    }
    return groups;
  }

  /** What the first schema says that holds always, or all schemas of a group of which one holds. */
  #first<Said>(
    schema: ArgumentSchema,
    say: (schema: ArgumentSchemaObject) => readonly Said[] | undefined,
  ): readonly Said[] | undefined {
    if (--this.#left < 0) return undefined;
    for (const each of this.always(schema)) {
      if (typeof each === "boolean") continue;
      const said = say(each);
      if (said !== undefined) return said;
      for (const group of this.#alternatives(each)) {
        const all = group.map((branch) =>
          branch?.map((one) => this.#first(one, say)).find((one) => one !== undefined),
        );
        if (all.every((one) => one !== undefined)) return [...new Set(all.flat())];
      }
    }
    return undefined;
  }

  #resolve(reference: string): ArgumentSchema {
    if (reference === "#") return this.#root;
    const name = reference.slice("#/$defs/".length);
    return (typeof this.#root === "object" ? this.#root.$defs?.[name] : undefined) ?? true;
  }
}

function restOf(schema: ArgumentSchema): ArgumentSchema | undefined {
  if (typeof schema === "boolean") return undefined;
  return schema.additionalProperties ?? schema.unevaluatedProperties;
}

/** What one schema by itself says of a key's value; patterns of keys may say more. */
function ownConstraint(schema: ArgumentSchemaObject, key: string): ArgumentSchema | undefined {
  const { properties, patternProperties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return patternProperties === undefined ? additionalProperties : undefined;
}

function evaluatesItself(schema: ArgumentSchemaObject, key: string): boolean {
  const { properties, patternProperties, additionalProperties, unevaluatedProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return true;
  if (patternProperties !== undefined || (schema.enum ?? schema.const) !== undefined) return true;
  return [additionalProperties, unevaluatedProperties].some(
    (rest) => rest !== undefined && rest !== false,
  );
}

function isSameGroup(a: Alternatives, b: Alternatives): boolean {
  return a.length === b.length && a.every((branch, index) => branch?.[0] === b[index]?.[0]);
}
