import { InterlatchError } from "../errors/errors.ts";
import type { TrustRootDocument } from "./document.ts";
import { thumbprint } from "./jwk.ts";
import { type Verifier, createVerifier } from "./verifier.ts";

/** A checked trust root with its keys made ready to verify. */
export interface Keyring {
  readonly document: TrustRootDocument;
  /** By thumbprint. A map and not an object: a signature's `keyid` may be `constructor`. */
  readonly verifiers: ReadonlyMap<string, Verifier>;
}

/**
 * Makes the keys of a trust root ready. Each thumbprint is computed anew: a key that stands under two ids would
 * reach a threshold of two alone (GHSA-3633-5h82-39pq).
 *
 * @throws ERR_TRUST_ROOT when an id is not its key's thumbprint, or a key is not a point of its curve
 */
export async function openKeyring(document: TrustRootDocument): Promise<Keyring> {
  const verifiers = new Map<string, Verifier>();
  for (const [id, { jwk }] of Object.entries(document.keys)) {
    if ((await thumbprint(jwk)) !== id) {
      throw new InterlatchError(
        "ERR_TRUST_ROOT",
        `The key listed as ${id} has another thumbprint.`,
      );
    }
    verifiers.set(id, await importKey(id, jwk));
  }
  return { document, verifiers };
}

async function importKey(
  id: string,
  jwk: TrustRootDocument["keys"][string]["jwk"],
): Promise<Verifier> {
  try {
    return await createVerifier(jwk);
  } catch (cause) {
    throw new InterlatchError("ERR_TRUST_ROOT", `The key ${id} cannot be used.`, { cause });
  }
}
