import { InterlatchError } from "../errors/errors.ts";
import type { Policy } from "../policy/ir.ts";
import type { isScopeEntry } from "../scopes/entries.ts";
import { NO_PARTS, type PartName, type Parts } from "./parts.ts";
import type { Tokens } from "../redact/token.ts";
import { partsUsed } from "./uses.ts";

/** Each part stands in a module of its own, which nothing that a guard loads imports in another way. */
const LOADERS: {
  readonly [Name in PartName]: (policy: Policy) => Promise<NonNullable<Parts[Name]>>;
} = {
  patterns: async ({ patterns }) =>
    (await import("../evaluate/pattern/part.ts")).createPatterns(patterns),
  operations: async () => (await import("../evaluate/operations.ts")).OPERATIONS,
  functions: async () => (await import("../evaluate/functions/part.ts")).FURTHER_FUNCTIONS,
  formats: async () => (await import("../evaluate/schema/format/part.ts")).FORMATS,
  schemas: async () => (await import("../evaluate/schema/part.ts")).compileRichSchema,
  scopes: async () => (await import("../scopes/part.ts")).compileScopes,
  redaction: async () => (await import("../redact/part.ts")).redact,
  values: async () => (await import("../fallback/value.ts")).compileFallbacks,
  hop: async () => (await import("../fallback/hop.ts")).hop,
};

/**
 * Loads the parts that a policy uses.
 *
 * @param policy - from `validatePolicy`
 * @param more - parts to load although the policy does not use them
 * @throws InterlatchError `ERR_BUNDLE_ENGINE` when one cannot be loaded: then the policy must not run
 */
export async function loadParts(policy: Policy, more: readonly PartName[] = []): Promise<Parts> {
  const parts = { ...NO_PARTS };
  const names = new Set([...partsUsed(policy), ...more]);
  await Promise.all([...names].map((name) => loadInto(parts, name, policy)));
  return Object.freeze(parts);
}

async function loadInto<Name extends PartName>(
  parts: { -readonly [Each in Name]: Parts[Each] },
  name: Name,
  policy: Policy,
): Promise<void> {
  parts[name] = await loading(name, () => LOADERS[name](policy));
}

/** What expressions may use: for whoever compiles some that do not stand in the policy. */
export const TEMPLATE_PARTS: readonly PartName[] = [
  "patterns",
  "operations",
  "functions",
  "values",
];

/**
 * Loads what reads the entries of agent profiles, where a document may hold some. It is asked before anything of the
 * document is known to be sound.
 *
 * @param policy - a parsed policy that nothing has checked
 * @returns `null` where it has no profiles
 * @throws InterlatchError `ERR_BUNDLE_ENGINE` when it cannot be loaded
 */
export async function loadScopeReader(policy: unknown): Promise<ScopeReader | null> {
  if (typeof policy !== "object" || policy === null) return null;
  const agents: unknown = Object.getOwnPropertyDescriptor(policy, "agents")?.value;
  if (agents === null || agents === undefined) return null;
  return loading("scopes", async () => (await import("../scopes/part.ts")).isScopeEntry);
}

/** Whether an entry of a profile can be read. */
type ScopeReader = typeof isScopeEntry;

/**
 * Loads what makes tokens with a host's key, where it gave one.
 *
 * @throws InterlatchError `ERR_OPTIONS`, as `createTokens`
 * @throws InterlatchError `ERR_BUNDLE_ENGINE` when it cannot be loaded
 */
export async function loadTokens(key: Uint8Array | undefined): Promise<Tokens | undefined> {
  if (key === undefined) return undefined;
  // Before anything is waited for: hosts may wipe their own copy as soon as they have handed it over.
  const copy = key instanceof Uint8Array ? key.slice() : key;
  const { createTokens } = await loading("tokens", () => import("../redact/part.ts"));
  return createTokens(copy);
}

/**
 * Waits for the module of a part.
 *
 * @throws InterlatchError `ERR_BUNDLE_ENGINE` when it does not come
 */
export async function loading<Part>(what: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InterlatchError(
      "ERR_BUNDLE_ENGINE",
      `A part of this run time (${what}) that the policy needs cannot be loaded: ${why}. Deploy all files of @interlatch/core.`,
      { cause: error },
    );
  }
}
