import type { ArgumentSchema, ArgumentSchemaObject } from "../../policy/ir.ts";
import { compileArray } from "./array.ts";
import { type Check, inOrder } from "./check.ts";
import { anyOf, ifThenElse, not, oneOf } from "./combine.ts";
import { checksOfKinds, fits, fitsNever, isObject, isPinned, type SchemaOptions } from "./kinds.ts";
import { compilePlainObject } from "./object.ts";
import { asksOfKeys } from "./plain.ts";
import { compileRichObject } from "./rich-object.ts";
import { OVER_BUDGET } from "./run.ts";
import { Survey } from "./survey.ts";
import { closingFault, recordAll, recordClosed } from "./trail.ts";
import { compileUnevaluated } from "./unevaluated.ts";

/** Compiles a schema of any keywords: a part that is loaded where a policy has one that is not plain. */
export function compileRichSchema(root: ArgumentSchema, options: SchemaOptions): Check {
  return new SchemaCompiler(root, options).compile();
}

/** See {@link compileRichSchema}. */
export type CompileRichSchema = typeof compileRichSchema;

/** In which surroundings a schema is applied. */
interface Mode {
  /** Whether objects are closed. Not inside `not` and `contains`, which ask: there a refusal would be consent. */
  readonly closing: boolean;
  /**
   * `once`: each value is looked at once. `counted`: a value may be looked at often, so each look is charged.
   * `tracked`: also, what is evaluated is recorded.
   */
  readonly way: "once" | "counted" | "tracked";
}

/** Compiles one schema with all that is inside it and all it refers to. */
class SchemaCompiler {
  readonly #options: SchemaOptions;
  readonly #survey: Survey;
  readonly #links = new Map<string, Check>();
  /** Named schemas that something refers to and that are not compiled yet. */
  readonly #waiting: (() => void)[] = [];

  constructor(root: ArgumentSchema, options: SchemaOptions) {
    this.#options = options;
    this.#survey = new Survey(root);
  }

  compile(): Check {
    const check = this.#reference("#", { closing: this.#options.closed, way: "once" });
    // One after the other and not within each other: ten thousand schemas, each of which names the next, would
    // end the call stack.
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) next();
    return check;
  }

  /** A schema where it begins to describe a value. In a tracked schema the value's object is noted as closed. */
  #location(schema: ArgumentSchema, mode: Mode): Check {
    const check = this.#schema(schema, mode);
    const closes = mode.closing && mode.way === "tracked" && this.#survey.speaksOfObjects(schema);
    if (!closes) return check;
    return (value, run) => {
      if (isObject(value)) recordClosed(run, value);
      return check(value, run);
    };
  }

  #schema(schema: ArgumentSchema, mode: Mode): Check {
    if (typeof schema === "boolean") {
      const check = schema ? fits : fitsNever;
      // Ten thousand of them for each of ten thousand references are no work to write and seconds to look at.
      return mode.way === "once" ? check : counted(check);
    }
    if (isBareReference(schema)) return this.#reference(schema.$ref, mode);
    if (mode.way !== "tracked" && this.#needsTrail(schema, mode)) {
      return withTrail(this.#location(schema, { ...mode, way: "tracked" }));
    }
    const check = this.#keywords(schema, mode);
    return mode.way === "once" ? check : counted(check);
  }

  /** Named schemas are compiled once for each mode, and found late, so that they may refer to each other. */
  #reference(reference: string, mode: Mode): Check {
    const key = `${mode.way} ${mode.closing} ${reference}`;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    let check: Check = fitsNever;
    const link: Check = (value, run) => check(value, run);
    this.#links.set(key, link);
    this.#waiting.push(() => {
      check = this.#schema(this.#survey.resolve(reference), mode);
    });
    return link;
  }

  /** Whether what this schema evaluates must be recorded: more than one schema may evaluate a key of one object. */
  #needsTrail(schema: ArgumentSchemaObject, { closing }: Mode): boolean {
    if (schema.unevaluatedItems !== undefined || schema.unevaluatedProperties !== undefined) {
      return true;
    }
    if (!closing || this.#survey.isScalar(schema)) return false;
    const { properties, patternProperties = {} } = schema;
    const patterns = Object.keys(patternProperties).length;
    return (
      patterns + (properties === undefined ? 0 : 1) > 1 ||
      IN_PLACE.some((keyword) => schema[keyword] !== undefined)
    );
  }

  #keywords(schema: ArgumentSchemaObject, mode: Mode): Check {
    const list = compileArray(schema, {
      tracked: mode.way === "tracked",
      compileItem: (inner) => this.#location(inner, mode),
      compileTest: (inner) => this.#schema(inner, TEST),
    });
    const object = this.#object(schema, mode);
    const checks = [...checksOfKinds(schema, this.#options, list, object)];
    if (mode.way === "tracked" && isPinned(schema)) checks.push(evaluatesAll);
    checks.push(...this.#combined(schema, mode));
    const check = inOrder(checks) ?? fits;
    return mode.way === "tracked"
      ? compileUnevaluated(schema, check, (inner) => this.#location(inner, mode))
      : check;
  }

  #object(schema: ArgumentSchemaObject, mode: Mode) {
    const closes = mode.closing && mode.way !== "tracked" && !isPinned(schema);
    const isShut = schema.additionalProperties === false;
    const isClosed = isShut || (closes && this.#survey.speaksOfObjects(schema));
    const isRich =
      RICH.some((keyword) => schema[keyword] !== undefined) ||
      (schema.additionalProperties !== undefined && !isShut);
    if (!isRich && !isClosed && !asksOfKeys(schema)) return null;
    const inner: Mode =
      mode.way === "once" && schema.patternProperties !== undefined
        ? { ...mode, way: "counted" }
        : mode;
    const compileChild = (child: ArgumentSchema): Check => this.#location(child, inner);
    if (!isRich && mode.way === "once") return compilePlainObject(schema, isClosed, compileChild);
    return compileRichObject(schema, {
      isClosed,
      tracked: mode.way === "tracked",
      parts: this.#options.parts,
      compileChild,
      compileTest: (child) => this.#schema(child, TEST),
    });
  }

  /** What is applied to the same value. None of it closes by itself: that is done where the location begins. */
  #combined(schema: ArgumentSchemaObject, mode: Mode): readonly Check[] {
    const tracked = mode.way === "tracked";
    // Not tracked, but combined: no object fits, or nothing is closed here.
    const inner: Mode = { ...mode, way: tracked ? "tracked" : "counted" };
    const compile = (each: ArgumentSchema): Check => this.#schema(each, inner);
    const checks: Check[] = [];
    const { $ref, allOf, anyOf: any, oneOf: one, not: excluded, dependentSchemas } = schema;
    if ($ref !== undefined) checks.push(this.#reference($ref, inner));
    if (allOf !== undefined) checks.push(...allOf.map(compile));
    if (any !== undefined) checks.push(anyOf(any.map(compile), tracked));
    if (one !== undefined) checks.push(oneOf(one.map(compile)));
    if (excluded !== undefined) checks.push(not(this.#schema(excluded, TEST)));
    if (schema.if !== undefined) {
      // Where records are kept a closed object is only noted, so that the condition comes out as it would anyway.
      // One that holds lends its keys, and an object that nothing else describes must not stand open below them.
      const condition = this.#schema(schema.if, { ...inner, closing: inner.closing && tracked });
      const then = schema.then === undefined ? null : compile(schema.then);
      const otherwise = schema.else === undefined ? null : compile(schema.else);
      checks.push(ifThenElse(condition, then, otherwise));
    }
    for (const [key, each] of Object.entries(dependentSchemas ?? {})) {
      const check = compile(each);
      checks.push((value, run) => {
        if (!run.take(1)) return OVER_BUDGET;
        return isObject(value) && Object.hasOwn(value, key) ? check(value, run) : null;
      });
    }
    return checks;
  }
}

/** Inside what only asks: nothing is closed, nothing that is evaluated counts. */
const TEST: Mode = { closing: false, way: "counted" };

const IN_PLACE = [
  "$ref",
  "allOf",
  "anyOf",
  "oneOf",
  "if",
  "dependentSchemas",
] as const satisfies readonly (keyof ArgumentSchemaObject)[];

const RICH = [
  "patternProperties",
  "propertyNames",
  "dependentRequired",
] as const satisfies readonly (keyof ArgumentSchemaObject)[];

/** Nothing but a reference, so that what it names can be compiled in its place. */
function isBareReference(
  schema: ArgumentSchemaObject,
): schema is ArgumentSchemaObject & { readonly $ref: string } {
  if (schema.$ref === undefined) return false;
  return Object.keys(schema).every((keyword) => BESIDE_REFERENCE.has(keyword));
}

const BESIDE_REFERENCE: ReadonlySet<string> = new Set(["$ref", "title", "description"]);

const evaluatesAll: Check = (value, run) => {
  if (typeof value === "object" && value !== null) recordAll(run, value);
  return null;
};

/** Charges for each look, and refuses to go too deep. */
function counted(check: Check): Check {
  return (value, run) => {
    const fault = run.enter() ? check(value, run) : OVER_BUDGET;
    run.leave();
    return fault;
  };
}

/** Records what a schema evaluates, and closes all objects of it in the end. */
function withTrail(check: Check): Check {
  return (value, run) => {
    const start = run.trail.length;
    const fault = check(value, run) ?? closingFault(run, start, value);
    run.trail.length = start;
    return fault;
  };
}
