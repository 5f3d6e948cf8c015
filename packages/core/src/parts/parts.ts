import { InterlatchError } from "../errors/errors.ts";
import type { FurtherFunctions } from "../evaluate/functions/part.ts";
import type { Operations } from "../evaluate/operations.ts";
import type { PatternCompiler } from "../evaluate/pattern.ts";
import type { Formats } from "../evaluate/schema/format/formats.ts";
import type { CompileRichSchema } from "../evaluate/schema/compiler.ts";
import type { Hop } from "../fallback/hop.ts";
import type { CompileFallbacks } from "../fallback/value.ts";
import type { Redact } from "../redact/apply.ts";
import type { CreateFacts } from "../guard/facts.ts";
import type { CompileScopes } from "../scopes/part.ts";

/**
 * The parts of the run time that many policies do without, so that an application loads them only where its policy
 * asks for them. They are handed down to whoever compiles; nothing is looked up while a call is decided.
 *
 * `null`: not loaded. A policy that uses it all the same must not run, see {@link needed}.
 */
export interface Parts {
  /** The patterns of the policy. */
  readonly patterns: PatternCompiler | null;
  /** Calculations, and `all`, `exists`, `exists_one`, `filter`, `map`. */
  readonly operations: Operations | null;
  /** The functions beyond those of texts. */
  readonly functions: FurtherFunctions | null;
  /** What `format` asks of texts. */
  readonly formats: Formats | null;
  /** Schemas with any other keyword than the plain ones. */
  readonly schemas: CompileRichSchema | null;
  /** Agent profiles. */
  readonly scopes: CompileScopes | null;
  /** Hiding of arguments. */
  readonly redaction: Redact | null;
  /** Facts, of the policy and of the host. */
  readonly facts: CreateFacts | null;
  /** Values in place of denied calls, and the arguments of lesser tools. */
  readonly values: CompileFallbacks | null;
  /** Lesser tools in place of denied ones. */
  readonly hop: Hop | null;
}

/** The name of one part. */
export type PartName = keyof Parts;

/** For a policy that needs none of them. */
export const NO_PARTS: Parts = Object.freeze({
  patterns: null,
  operations: null,
  functions: null,
  formats: null,
  schemas: null,
  scopes: null,
  redaction: null,
  facts: null,
  values: null,
  hop: null,
});

/**
 * A part that what is compiled cannot do without. Were it left out in silence, a check of the policy would be
 * missing; so nothing is compiled then.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY` when it was not loaded
 */
export function needed<Name extends PartName>(parts: Parts, name: Name): NonNullable<Parts[Name]> {
  const part = parts[name];
  if (part !== null) return part;
  throw new InterlatchError(
    "ERR_BUNDLE_POLICY",
    `The policy uses ${name}, and that part of the run time was not loaded for it.`,
  );
}
