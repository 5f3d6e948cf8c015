import type { ArgumentSchema, ArgumentSchemaObject, SchemaType } from "../../policy/ir.ts";
import { schemasInPlace } from "../../policy/schema-walk.ts";
import type { Json } from "../../snapshot/json.ts";
import { namesObjects } from "./kinds.ts";

/** A schema with the named schemas it may refer to. References are known to exist and not to turn in place. */
export class Survey {
  readonly root: ArgumentSchema;
  readonly #speaks = new Map<ArgumentSchema, boolean>();
  readonly #scalar = new Map<ArgumentSchema, boolean>();

  constructor(root: ArgumentSchema) {
    this.root = root;
  }

  /** What a `$ref` names. */
  resolve(reference: string): ArgumentSchema {
    if (reference === "#") return this.root;
    const definitions = typeof this.root === "boolean" ? undefined : this.root.$defs;
    const name = reference.slice("#/$defs/".length);
    const found =
      definitions !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    // Loading refuses a reference to nothing; should one get here, nothing fits it.
    return found ?? false;
  }

  /**
   * Whether a schema says anything about objects, itself or through what it applies in place, so that an object at
   * its location is closed.
   */
  speaksOfObjects(schema: ArgumentSchema): boolean {
    if (typeof schema === "boolean") return false;
    return remember(this.#speaks, schema, () => {
      if (namesObjects(schema)) return true;
      return this.#inPlace(schema).some((each) => this.speaksOfObjects(each));
    });
  }

  /** Whether no object and no list fits, so that there is nothing inside that could be evaluated. */
  isScalar(schema: ArgumentSchema): boolean {
    if (typeof schema === "boolean") return !schema;
    return remember(this.#scalar, schema, () => {
      const types = typesOf(schema);
      if (types !== undefined && !types.some((type) => type === "object" || type === "array")) {
        return true;
      }
      const { const: one, enum: some, $ref, allOf, anyOf, oneOf } = schema;
      if (one !== undefined && isPlain(one)) return true;
      if (some?.every(isPlain) === true) return true;
      if ($ref !== undefined && this.isScalar(this.resolve($ref))) return true;
      return (
        allOf?.some((each) => this.isScalar(each)) === true ||
        anyOf?.every((each) => this.isScalar(each)) === true ||
        oneOf?.every((each) => this.isScalar(each)) === true
      );
    });
  }

  #inPlace(schema: ArgumentSchemaObject): readonly ArgumentSchema[] {
    const inner = schemasInPlace(schema);
    return schema.$ref === undefined ? inner : [...inner, this.resolve(schema.$ref)];
  }
}

function typesOf({ type }: ArgumentSchemaObject): readonly SchemaType[] | undefined {
  return typeof type === "string" ? [type] : type;
}

function isPlain(value: Json): boolean {
  return typeof value !== "object" || value === null;
}

/** `false` while it is being found out: a schema that leads back to itself adds nothing new. */
function remember(
  known: Map<ArgumentSchema, boolean>,
  schema: ArgumentSchema,
  find: () => boolean,
): boolean {
  const found = known.get(schema);
  if (found !== undefined) return found;
  known.set(schema, false);
  const result = find();
  known.set(schema, result);
  return result;
}
