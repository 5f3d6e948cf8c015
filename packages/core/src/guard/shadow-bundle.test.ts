import { expect } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import { verifies } from "../../../../test/verifies.ts";
import { inlineSource } from "../bundle/inline-source.ts";
import { memoryRollback } from "../bundle/memory-rollback.ts";
import { isInterlatchError } from "../errors/errors.ts";
import type { Policy } from "../policy/ir.ts";
import type { Guard } from "./guard.ts";

const allows = policyOf({ id: "p", rules: [{ action: "allow" }] });
const denies = policyOf({ id: "p", rules: [{ action: "deny" }] });
const inShadow: Policy = { ...denies, mode: "shadow" };
const signing = makeSigning();

function decisionOf(guard: Guard): ReturnType<Guard["decide"]> {
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  return guard.decide({ ticket, id: "c1", tool: "tool", arguments: {} });
}

verifies("shadow.07", "refuses a bundle in shadow unless the host allows it", async () => {
  const { bundle, trust } = await signing;
  const source = inlineSource(await bundle(inShadow));
  const refused: unknown = await guardOver(source, trust).catch((error: unknown) => error);
  expect(isInterlatchError(refused) && refused.code).toBe("ERR_BUNDLE_MODE");
  for (const allowShadow of [false, undefined, "yes", 1] as const) {
    // A host without types: only `true` switches enforcement off.
    const options = { allowShadow } as { allowShadow: boolean };
    const again: unknown = await guardOver(source, trust, options).catch((error: unknown) => error);
    expect(isInterlatchError(again) && again.code).toBe("ERR_BUNDLE_MODE");
  }
  const warned: string[] = [];
  const silent = (): void => undefined;
  const logger = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (_: object, text: string) => warned.push(text),
  };
  const { guard } = await guardOver(source, trust, { allowShadow: true, logger });
  expect(decisionOf(guard)).toMatchObject({ effect: "allow", would: { effect: "deny" } });
  expect(guard.status().bundle?.mode).toBe("shadow");
  expect(warned).toEqual(["policy p version 1 is in shadow: NOTHING IS ENFORCED"]);
});

verifies("shadow.08", "keeps the rollback state of a watched bundle apart", async () => {
  const { bundle, trust } = await signing;
  const rollback = memoryRollback();
  const source = inlineSource(await bundle(allows, { version: 3 }));
  const draft = inlineSource(await bundle(denies, { version: 900 }));
  const { guard } = await guardOver(source, trust, { rollback, shadow: draft });
  expect(decisionOf(guard)).toMatchObject({
    effect: "allow",
    bundle: { version: 3 },
    would: { effect: "deny", bundle: { version: 900 } },
  });
  await guard.reload();
  expect(guard.status()).toMatchObject({
    bundle: { version: 3, mode: "enforce" },
    shadow: { version: 900 },
  });
  const { guard: again } = await guardOver(source, trust, { rollback });
  expect(again.status()).toMatchObject({ bundle: { version: 3 }, shadow: null });
});

verifies("shadow.08", "starts and decides without a watched bundle that is bad", async () => {
  const { bundle, trust } = await signing;
  const stranger = await makeSigning();
  const bad = [
    inlineSource(""),
    inlineSource(await stranger.bundle(denies)),
    inlineSource(await bundle(denies, { audience: ["other"] })),
    { name: "gone", read: () => Promise.reject(new Error("gone")) },
  ];
  for (const shadow of bad) {
    const { guard } = await guardOver(inlineSource(await bundle(allows)), trust, { shadow });
    const decision = decisionOf(guard);
    expect(decision.effect).toBe("allow");
    expect(decision.would).toBeUndefined();
    const { shadow: none, lastShadowError, lastError } = guard.status();
    expect([none, lastError]).toEqual([null, null]);
    expect(lastShadowError?.code).toMatch(/^ERR_BUNDLE_/);
  }
});

verifies("shadow.08", "says of an approved call too what it would have done", async () => {
  const { bundle, trust } = await signing;
  const asks = policyOf({ id: "p", rules: [{ action: "review" }] });
  const { guard, audit } = await guardOver(inlineSource(await bundle(asks)), trust, {
    shadow: inlineSource(await bundle(denies)),
  });
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  const reviewer = { id: "ann", groups: ["reviewer"] };
  const answers = [{ answer: "approve" }, { answer: "modify", arguments: { n: 2 } }] as const;
  for (const answer of answers) {
    const call = { ticket, id: answer.answer, tool: "tool", arguments: { n: 1 } };
    const [opened] = await guard.open([call], { reviews: true });
    const { id, digest } = opened?.approval ?? expect.fail();
    const taken = await guard.approvals.decide({ id, digest, reviewer, ...answer });
    expect(taken.ok).toBe(true);
    expect(await guard.run(call, () => "ran", { reviews: true })).toBe("ran");
  }
  const told = audit.records.flatMap((record) =>
    record.type === "call" ? [[record.effect, record.would?.effect]] : [],
  );
  expect(told).toEqual([
    ["allow", "deny"],
    ["allow", "deny"],
  ]);
});
