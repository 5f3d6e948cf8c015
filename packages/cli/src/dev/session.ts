import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { generateKey, importPrivateKey, signPayload, type SigningKey } from "@interlatch/core/sign";
import { buildPayload, type PolicySource } from "@interlatch/policy";
import { instantOf } from "../config-fields.ts";
import { asFileError, exists, replaceFile, writeNew } from "../files.ts";
import { shareOf } from "../tests/coverage.ts";
import type { WholeRun } from "../tests/run-tests.ts";
import { makeTrustRoot } from "../trust-roots.ts";

/** The environment that development bundles are made for; a host of any other refuses them. */
export const DEV_AUDIENCE = "dev";

/** Where a development session keeps its bundle and its trust root, below the project's folder. */
export const DEV_FOLDER = ".interlatch/dev";

const DAY_MS = 86_400_000;
const LIFE_MS = 7 * DAY_MS;

/** A development session: a key that lives in memory alone, and the files a host reads. */
export interface DevSession {
  /** The environment variables a host is started with. */
  readonly variables: Readonly<Record<string, string>>;
  /**
   * Signs a policy whose tests passed and puts it in the place of the one before.
   *
   * @param now - epoch milliseconds
   * @returns its version
   */
  publish(run: WholeRun, files: readonly PolicySource[], now: number): Promise<number>;
}

/**
 * Starts a session: a fresh key, and a trust root that names it alone.
 *
 * Versions are milliseconds since 1970. They must grow from session to session, because a host remembers the highest
 * trust root and the highest bundle it has seen.
 *
 * @param folder - of the project, absolute
 * @param now - epoch milliseconds
 * @throws ERR_FILE
 */
export async function startSession(folder: string, now: number): Promise<DevSession> {
  const home = join(folder, DEV_FOLDER);
  await asFileError(`${DEV_FOLDER} cannot be made`, () => mkdir(home, { recursive: true }));
  const ignore = join(home, ".gitignore");
  if (!(await exists(ignore))) await writeNew(ignore, `${DEV_FOLDER}/.gitignore`, "*\n");
  const key = await importPrivateKey((await generateKey()).privateKey);
  const keys = [{ publicJwk: key.publicJwk, signing: key }];
  const root = await makeTrustRoot({
    root: keys,
    bundle: keys,
    rootThreshold: 1,
    bundleThreshold: 1,
    from: now - DAY_MS,
    expires: now + LIFE_MS,
    version: now,
  });
  const trust = join(home, "trust.json");
  await replaceFile(trust, `${DEV_FOLDER}/trust.json`, root.envelope);
  const bundle = join(home, "policy.bundle.json");
  let version = now - 1;
  return {
    variables: {
      INTERLATCH_BUNDLE: bundle,
      INTERLATCH_TRUST: `${trust}#${root.pin}`,
      INTERLATCH_AUDIENCE: DEV_AUDIENCE,
    },
    publish: async (run, files, time) => {
      version = Math.max(version + 1, time);
      const envelope = await signed(run, files, { version, time, key });
      await replaceFile(bundle, `${DEV_FOLDER}/policy.bundle.json`, envelope);
      return version;
    },
  };
}

async function signed(
  { policy, files: tests, results, coverage }: WholeRun,
  sources: readonly PolicySource[],
  {
    version,
    time,
    key,
  }: { readonly version: number; readonly time: number; readonly key: SigningKey },
): Promise<string> {
  const payload = await buildPayload({
    policy,
    version,
    audience: [DEV_AUDIENCE],
    notBefore: instantOf(time - DAY_MS),
    expires: instantOf(time + LIFE_MS),
    created: instantOf(time),
    sources,
    tests: {
      files: tests.map(({ name, text }) => ({ path: name, text })),
      cases: results.length,
      coverage: shareOf(coverage),
    },
  });
  return signPayload({ kind: "policy-bundle", payload, keys: [key] });
}
