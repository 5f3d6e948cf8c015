import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { signPayload } from "@interlatch/core/sign";
import { type Attack, control } from "./attack.ts";
import { forge, sealed, utf8 } from "./forge.ts";
import { bundle, host, NOW, payload, policy } from "./host.ts";
import { cast } from "./keys.ts";

/** What must work. Every attack changes one thing of these. */
export const controls: readonly Attack[] = [
  control(1, "a bundle signed by two of three loads", async () => {
    const { alice, bob } = await cast();
    const { payload: loaded, digest, signers } = await (await host()).load(await bundle());
    assert.deepEqual(new Set(signers), new Set([alice.keyid, bob.keyid]));
    assert.equal(digest, createHash("sha256").update(payload()).digest("hex"));
    assert.deepEqual(JSON.parse(JSON.stringify(loaded.policy)), policy());
    assert.equal(loaded.version, 7);
  }),
  control(2, "any two of three will do, and all three", async () => {
    const { alice, bob, carol } = await cast();
    for (const keys of [
      [carol, bob],
      [carol, alice],
      [alice, bob, carol],
    ]) {
      await (await host()).load(sealed(await forge("policy-bundle", payload(), keys)));
    }
  }),
  control(3, "a signature of a stranger beside enough trusted ones changes nothing", async () => {
    const { alice, bob, mallory, rita, eve } = await cast();
    const forged = await forge("policy-bundle", payload(), [mallory, rita, alice, eve, bob]);
    const { signers } = await (await host()).load(sealed(forged));
    assert.deepEqual([...signers], [alice.keyid, bob.keyid]);
  }),
  control(4, "the same bundle loads again, also under another envelope", async () => {
    const { bob, carol } = await cast();
    const subject = await host();
    const first = await subject.load(await bundle());
    const resigned = sealed(await forge("policy-bundle", payload(), [carol, bob]));
    assert.equal((await subject.load(resigned)).digest, first.digest);
  }),
  control(5, "what our own writer signs loads", async () => {
    const { alice, bob } = await cast();
    const text = await signPayload({
      kind: "policy-bundle",
      payload: utf8(payload()),
      keys: [bob, alice],
    });
    await (await host()).load(utf8(text));
  }),
  control(6, "layout and order of fields are the writer's business", async () => {
    const pretty = JSON.stringify(JSON.parse(payload()), null, 2);
    const reversed = JSON.stringify(
      Object.fromEntries(Object.entries(JSON.parse(payload())).reverse()),
    );
    await (await host()).load(await bundle(pretty));
    await (await host()).load(await bundle(reversed));
  }),
  control(7, "the largest bundle that is allowed loads", async () => {
    await (await host()).load(await bundle(payload().padEnd(8 * 1_048_576)));
  }),
  control(8, "the deepest condition that is allowed loads", async () => {
    let when: unknown = { kind: "literal", value: true };
    for (let depth = 1; depth < 64; depth += 1) when = { kind: "map", entries: [[when, TRUE]] };
    const deep = {
      ...policy(),
      rules: [{ name: "deep", tools: ["refund"], action: "deny", when, at: AT }],
    };
    await (await host()).load(await bundle(payload({ policy: deep })), { now: NOW });
  }),
];

const TRUE = { kind: "literal", value: true };
const AT = { file: "policy.yaml", line: 1 };
