import { readFile } from "node:fs/promises";
import type { BundleSource } from "../bundle/source.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import { InterlatchError } from "../errors/errors.ts";
import { createGuard as createCoreGuard } from "../guard/create.ts";
import type { Logger } from "../guard/events.ts";
import type { Guard } from "../guard/guard.ts";
import type { GuardOptions, TrustOptions } from "../guard/options.ts";
import type { StatusOptions } from "../status/options.ts";
import type { PolicyTypes, TypedGuard } from "../guard/typed-guard.ts";
import { announceCoverage } from "./announce-coverage.ts";
import { fileRollback } from "./file-rollback.ts";
import { fileSource } from "./file-source.ts";

/** Options of {@link createGuard}: those of core, with files in place of values. */
export interface NodeGuardOptions extends Omit<
  GuardOptions,
  "bundle" | "shadow" | "status" | "trust" | "rollback"
> {
  /** A path, or a source. */
  readonly bundle: string | BundleSource;
  /** A path, or a source; see `shadow` of core's options. */
  readonly shadow?: string | BundleSource;
  /** As `status` of core's options; its `source` is a path, or a source. A path alone is the same with its defaults. */
  readonly status?:
    | string
    | (Omit<StatusOptions, "source"> & { readonly source: string | BundleSource });
  /** `PATH#sha256:HEX`: the trust root's file and its pinned digest, as `interlatch trust init` prints it. */
  readonly trust: string | TrustOptions;
  /**
   * Default: the file `.interlatch/state/rollback-AUDIENCE.json` below the working directory. One for each
   * environment, because each has its own trust root and its own versions.
   */
  readonly rollback?: RollbackStore;
}

/** An audience may hold `/` and `:`; encoded, it names one file in this folder and nothing else. */
const rollbackFile = (audience: string): string =>
  `.interlatch/state/rollback-${encodeURIComponent(audience)}.json`;

/**
 * A guard with file defaults: the bundle and the trust root by path, the rollback state in a file, and,
 * unless `NODE_ENV` is `production` or `test`, a line on standard error for each denial, and one for each tool that
 * says whether it is enforced. With a `logger` of its own the host gets both there.
 *
 * Throws what `createGuard` of `@interlatch/core` throws, and `ERR_TRUST_ROOT` when the root's file cannot be read.
 *
 * @example
 * ```ts
 * import { createGuard, fileAudit } from "@interlatch/core/node";
 * const guard = await createGuard({
 *   bundle: "acme-support-3.bundle.json",
 *   trust: "trust.json#sha256:…",
 *   audience: "prod",
 *   audit: fileAudit("audit/"),
 * });
 * const ticket = guard.for({ agent: { id: "shop", roles: ["clerk"] }, session: "s1" });
 * console.log(guard.decide({ ticket, id: "c1", tool: "refund", arguments: {} }).code);
 * ```
 */
export function createGuard(options: NodeGuardOptions): Promise<Guard>;
/** The same, with the types that `interlatch types` made of the policy: see `TypedGuard` of `@interlatch/core`. */
export function createGuard<Types extends PolicyTypes>(
  options: NodeGuardOptions,
): Promise<TypedGuard<Types>>;
export async function createGuard(options: NodeGuardOptions): Promise<Guard> {
  const {
    bundle,
    shadow,
    status,
    trust,
    rollback,
    logger = developmentLogger(),
    ...rest
  } = options;
  const guard = await createCoreGuard({
    ...rest,
    bundle: sourceOf(bundle),
    ...(shadow === undefined ? {} : { shadow: sourceOf(shadow) }),
    ...(status === undefined ? {} : { status: statusOf(status) }),
    trust: typeof trust === "string" ? await readTrust(trust) : trust,
    rollback: rollback ?? fileRollback(rollbackFile(options.audience)),
    ...(logger === undefined ? {} : { logger }),
  });
  return logger !== undefined && isDevelopment() ? announceCoverage(guard, logger) : guard;
}

function sourceOf(given: string | BundleSource): BundleSource {
  return typeof given === "string" ? fileSource(given) : given;
}

function statusOf(given: NonNullable<NodeGuardOptions["status"]>): StatusOptions {
  if (typeof given === "string") return { source: sourceOf(given) };
  return { ...given, source: sourceOf(given.source) };
}

async function readTrust(text: string): Promise<TrustOptions> {
  const [, path, digest] = /^(.+)#(sha256:[0-9a-f]{64})$/.exec(text) ?? [];
  if (path === undefined || digest === undefined) {
    const form = "trust.json#sha256:<64 hexadecimal digits>";
    throw new InterlatchError(
      "ERR_TRUST_ROOT",
      `\`trust\` must be the root's path and its pinned digest, ${form}; \`interlatch trust init\` prints it.`,
    );
  }
  try {
    return { document: await readFile(path), digest };
  } catch (error) {
    throw new InterlatchError("ERR_TRUST_ROOT", `The trust root ${path} cannot be read.`, {
      cause: error,
    });
  }
}

/** Most programs that are being written set no `NODE_ENV`. */
function isDevelopment(): boolean {
  return !["production", "test"].includes(process.env["NODE_ENV"] ?? "");
}

/** A guard that denies in silence while a program is being written is a riddle. */
function developmentLogger(): Logger | undefined {
  if (!isDevelopment()) return undefined;
  const line = (_fields: object, message: string): void => {
    process.stderr.write(`interlatch: ${message}\n`);
  };
  return { debug: () => undefined, info: line, warn: line, error: line };
}
