import {
  inlineSource,
  isInterlatchError,
  memoryAudit,
  memoryRollback,
  type ErrorCode,
} from "@interlatch/core";
import { createGuard } from "@interlatch/core/node";
import { makeSigner, QUIET, signSeed, type Signer } from "./bundle.ts";
import type { Checks } from "./checks.ts";

const hour = 3_600_000;

/** Shows that a bundle which is not the signed one, not for here or not for now does not load, each with its own code. */
export async function refusedBundles(signer: Signer, now: number, checks: Checks): Promise<void> {
  const rollback = memoryRollback();
  const load = (bundle: string): Promise<unknown> =>
    createGuard({
      bundle: inlineSource(bundle),
      trust: signer.trust,
      audience: "demo",
      rollback,
      audit: memoryAudit(),
      logger: QUIET,
    });
  const refused = async (what: string, code: ErrorCode, bundle: string): Promise<void> => {
    const got = await load(bundle).then(
      () => "it loaded",
      (error: unknown) => (isInterlatchError(error) ? error.code : String(error)),
    );
    checks.expect(got === code, `${what.padEnd(40)}refused ${code}`, `got ${got}`);
  };

  const second = await signSeed(signer, now, { version: 2 });
  await load(second);
  await refused("one character of the bundle changed", "ERR_BUNDLE_SIGNATURE", tamper(second));
  const stranger = await makeSigner(now);
  await refused(
    "signed by somebody else",
    "ERR_BUNDLE_SIGNATURE",
    await signSeed(stranger, now, { version: 3 }),
  );
  const expired = { version: 3, notBefore: now - 48 * hour, expires: now - hour };
  await refused("expired an hour ago", "ERR_BUNDLE_EXPIRED", await signSeed(signer, now, expired));
  await refused(
    "version 1 after version 2",
    "ERR_BUNDLE_ROLLBACK",
    await signSeed(signer, now, { version: 1 }),
  );
  const staging = { version: 3, audience: "staging" };
  await refused("made for staging", "ERR_BUNDLE_AUDIENCE", await signSeed(signer, now, staging));
}

/** Makes it the next version, as somebody with the file in hand could, and keeps the signature. */
function tamper(bundle: string): string {
  const envelope = JSON.parse(bundle) as { payload: string };
  const payload = Buffer.from(envelope.payload, "base64").toString("utf8");
  const changed = payload.replace('"version":2', '"version":3');
  return JSON.stringify({ ...envelope, payload: Buffer.from(changed).toString("base64") });
}
