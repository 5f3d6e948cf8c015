import { InterlatchError } from "../errors/errors.ts";
import type { Policy } from "../policy/ir.ts";
import type { RareChecks } from "../policy/validate-rare.ts";
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
  facts: async () => (await import("../guard/facts.ts")).createFacts,
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
  const agents = ownOf(policy, "agents");
  if (agents === null || agents === undefined) return null;
  return loading("scopes", async () => (await import("../scopes/part.ts")).isScopeEntry);
}

/** Fields that many policies do without, of the policy, its tools and its rules. */
const RARE_FIELDS = ["fallback", "resources", "redact", "review"];

/**
 * Loads what checks them, where a document may hold some; see {@link loadScopeReader}.
 *
 * @returns `null` where it has none
 */
async function loadRareChecks(policy: unknown): Promise<RareChecks | null> {
  const holders = [policy, ...partsOf(policy, "tools"), ...partsOf(policy, "rules")];
  const isRare = holders.some((each) =>
    RARE_FIELDS.some((name) => ownOf(each, name) !== undefined),
  );
  return isRare
    ? loading("checks", async () => (await import("../policy/rare-part.ts")).RARE_CHECKS)
    : null;
}

/** Both, as `validatePolicyBy` takes them. */
export async function loadReaders(
  policy: unknown,
): Promise<readonly [ScopeReader | null, RareChecks | null]> {
  return [await loadScopeReader(policy), await loadRareChecks(policy)];
}

function ownOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const own: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return own;
}

function partsOf(policy: unknown, name: string): readonly unknown[] {
  return Object.values(ownOf(policy, name) ?? {});
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
