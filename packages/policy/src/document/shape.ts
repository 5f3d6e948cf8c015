import { z } from "zod";

/** What a custom issue carries for the message: the engine does not run this yet. */
export const NOT_SUPPORTED_YET = "not_supported_yet";

/** A key of the closed grammar that this engine does not run yet: any value is the error `not_supported_yet`. */
export function notYet(description: string): z.ZodType {
  const schema = z
    .unknown()
    .refine(() => false, { params: { problem: NOT_SUPPORTED_YET } })
    .optional()
    .describe(`${description} (not run by this engine yet)`);
  notYetSchemas.add(schema);
  return schema;
}

const notYetSchemas = new WeakSet<object>();
const runWords = new WeakMap<object, readonly string[]>();

/** Whether a schema was made by {@link notYet}. */
export function isNotYet(schema: object): boolean {
  return notYetSchemas.has(schema);
}

/** The words of a {@link choice} that this engine runs; `undefined` for any other schema. */
export function wordsOf(schema: object): readonly string[] | undefined {
  return runWords.get(schema);
}

/** One of several words; those in `later` belong to the grammar but are not run yet. */
export function choice(
  values: readonly string[],
  later: readonly string[] = [],
): z.ZodType<string, string> {
  const words = z.enum([...values, ...later]);
  if (later.length === 0) return words;
  const run = words.refine((word) => !later.includes(word), {
    params: { problem: NOT_SUPPORTED_YET },
  });
  runWords.set(run, values);
  return run;
}

/** A text, or a list of at least one text. */
export function textOrList(description: string): z.ZodType {
  return z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe(description);
}
