import type { Identity } from "@interlatch/core";
import type { EarlierCall, PolicyTestCase } from "@interlatch/policy";

/** Who makes the call of a case, with the facts of the host. A session that is not named is one all the same. */
export function identityOf({
  identity,
  facts,
}: Pick<EarlierCall | PolicyTestCase, "identity" | "facts">): Identity {
  return { session: "test", ...identity, ...(facts === undefined ? {} : { facts }) };
}
