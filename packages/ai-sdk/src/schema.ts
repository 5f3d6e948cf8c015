/** What a schema says of a value. */
export type Checked =
  | { readonly success: true; readonly value: unknown }
  | { readonly success: false; readonly error: unknown };

/** A schema of the AI SDK's own form. */
interface SdkSchema {
  readonly jsonSchema: unknown;
  readonly validate?: ((value: unknown) => Checked | PromiseLike<Checked>) | undefined;
}

/** A schema by https://standardschema.dev, as zod, valibot and arktype have it. */
interface StandardSchema {
  readonly "~standard": {
    validate(value: unknown): StandardResult | PromiseLike<StandardResult>;
    readonly jsonSchema?: { input(options: { readonly target: "draft-07" }): unknown };
  };
}
type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] };

/** Registered globally by the SDK; both majors know a schema by it. */
const SDK_SCHEMA = Symbol.for("vercel.ai.schema");

/** Checks a value by any schema a tool may have: the SDK's own, one that is made when needed, a standard one. */
export async function check(schema: unknown, value: unknown): Promise<Checked> {
  const form = readSchema(schema);
  if ("~standard" in form) {
    const result = await form["~standard"].validate(value);
    return result.issues === undefined
      ? { success: true, value: result.value }
      : { success: false, error: new TypeError("the value does not fit the schema") };
  }
  return form.validate === undefined ? { success: true, value } : form.validate(value);
}

/** The same schema, but what `passes` is let through. */
export function orElse(schema: unknown, passes: (value: unknown) => boolean): object {
  return {
    [SDK_SCHEMA]: true,
    _type: undefined,
    get jsonSchema() {
      const form = readSchema(schema);
      if (!("~standard" in form)) return form.jsonSchema;
      return form["~standard"].jsonSchema?.input({ target: "draft-07" }) ?? {};
    },
    validate: (value: unknown) => (passes(value) ? { success: true, value } : check(schema, value)),
  };
}

/** What a model is told of a schema, or a promise of it; `undefined` where it cannot be told without the SDK. */
export function jsonSchemaOf(schema: unknown): unknown {
  const form = readSchema(schema);
  return "~standard" in form
    ? form["~standard"].jsonSchema?.input({ target: "draft-07" })
    : form.jsonSchema;
}

/** The same schema, told to a model in other words. */
export function withJsonSchema(schema: unknown, jsonSchema: unknown): object {
  const validate = (value: unknown): Promise<Checked> => check(schema, value);
  return { [SDK_SCHEMA]: true, _type: undefined, jsonSchema, validate };
}

function readSchema(schema: unknown): SdkSchema | StandardSchema {
  // What stands in a tool's schema field is one of the SDK's forms; a function makes one.
  return typeof schema === "function" && !("~standard" in schema)
    ? (schema() as SdkSchema | StandardSchema)
    : (schema as SdkSchema | StandardSchema);
}
