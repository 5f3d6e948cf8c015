import {
  type Algorithm,
  generateKey,
  importPrivateKey,
  type PublicJwk,
  type SigningKey,
} from "@interlatch/core/sign";

/** The people and machines of the attacks. Keys are made anew in every process. */
export interface Cast {
  /** Sign policies; two of them are needed. */
  readonly alice: SigningKey;
  readonly bob: SigningKey;
  readonly carol: SigningKey;
  /** Listed for policies, and revoked. */
  readonly rita: SigningKey;
  /** Listed for policies until the day before the attacks. */
  readonly eve: SigningKey;
  /** Sign trust roots; both are needed. */
  readonly rootA: SigningKey;
  readonly rootB: SigningKey;
  /** Root keys of the next root. */
  readonly nextA: SigningKey;
  readonly nextB: SigningKey;
  /** Signs the status document and nothing else. */
  readonly clock: SigningKey;
  /** Has keys, and nobody trusts them. */
  readonly mallory: SigningKey;
}

/** Both algorithms take part: Alice and Carol sign with Ed25519, Bob with ES256. */
const ALGORITHMS: { readonly [Name in keyof Cast]: Algorithm } = {
  alice: "Ed25519",
  bob: "ES256",
  carol: "Ed25519",
  rita: "Ed25519",
  eve: "ES256",
  rootA: "Ed25519",
  rootB: "ES256",
  nextA: "Ed25519",
  nextB: "ES256",
  clock: "Ed25519",
  mallory: "Ed25519",
};

let made: Promise<Cast> | undefined;

/** The cast of this process. */
export function cast(): Promise<Cast> {
  made ??= makeCast();
  return made;
}

async function makeCast(): Promise<Cast> {
  const make = async (name: keyof Cast): Promise<SigningKey> =>
    importPrivateKey((await generateKey({ alg: ALGORITHMS[name] })).privateKey);
  return {
    alice: await make("alice"),
    bob: await make("bob"),
    carol: await make("carol"),
    rita: await make("rita"),
    eve: await make("eve"),
    rootA: await make("rootA"),
    rootB: await make("rootB"),
    nextA: await make("nextA"),
    nextB: await make("nextB"),
    clock: await make("clock"),
    mallory: await make("mallory"),
  };
}

/** A key as a trust root lists it. */
export function listed(
  { publicJwk }: { readonly publicJwk: PublicJwk },
  notAfter = "2027-01-01T00:00:00Z",
): {
  readonly publicJwk: PublicJwk;
  readonly notBefore: string;
  readonly notAfter: string;
} {
  return { publicJwk, notBefore: "2026-01-01T00:00:00Z", notAfter };
}
