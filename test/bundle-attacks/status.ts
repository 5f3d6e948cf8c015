import assert from "node:assert/strict";
import { createGuard, memoryAudit, memoryRollback } from "@interlatch/core";
import { type Attack, attack, control, refused } from "./attack.ts";
import { forge, sealed, signatureOf } from "./forge.ts";
import { AUDIENCE, bundle, NOW, payload, signedRoot, STREAM } from "./host.ts";
import { cast } from "./keys.ts";
import { CURRENT, digestOf, statusBy, statusHost, statusPayload } from "./status-host.ts";

const MINUTE = 60_000;

/** Attacks on the status document, and by it: on what is current, what is revoked, and the kill switch. */
export const statusAttacks: readonly Attack[] = [
  control(9, "a guard runs by its status, and the next one is taken", async () => {
    const host = await statusHost();
    assert.equal(host.ask().effect, "allow");
    await host.takes(await statusBy(statusPayload({ version: 4 })));
    assert.equal(host.guard.status().statusDocument?.version, 4);
    assert.equal(host.ask().effect, "allow");
  }),
  attack(50, "statuses are held back, so that a revocation never arrives", async () => {
    const host = await statusHost();
    host.clock.now = NOW + 30 * MINUTE;
    host.denies("status_stale", /ended 2026-06-15T12:30:00Z/);
    await host.refuses(await statusBy(), "ERR_STATUS_EXPIRED", /interlatch status sign/);
  }),
  attack(51, "an older status is brought back", async () => {
    const host = await statusHost();
    await host.takes(await statusBy(statusPayload({ version: 4, kill: { all: true } })));
    await host.refuses(await statusBy(), "ERR_STATUS_ROLLBACK", /older than version 4/);
    host.denies("killed", /everything/);
  }),
  attack(52, "the version of one bundle is mixed with the content of another", async () => {
    const mixed = await bundle(payload({ change: "CHG-2" }));
    const host = await statusHost();
    host.places.bundle = mixed;
    await refused("ERR_BUNDLE_REVOKED", /not the content that the status names/, () =>
      host.guard.reload(),
    );
    assert.equal(host.ask().bundle?.digest, CURRENT.digest);
    const fresh = await statusHost();
    const other = { [STREAM]: { version: 7, digest: digestOf(payload({ change: "CHG-2" })) } };
    await fresh
      .takes(await statusBy(statusPayload({ version: 4, streams: other })))
      .catch(() => undefined);
    fresh.denies("bundle_revoked", /not the content/);
  }),
  attack(53, "a revoked bundle goes on, or comes back", async () => {
    const host = await statusHost();
    const status = statusPayload({ version: 4, revoked: { bundles: [CURRENT.digest], keys: [] } });
    await host.takes(await statusBy(status)).catch(() => undefined);
    host.denies("bundle_revoked", /acme-support version 7 is revoked/);
    await refused("ERR_BUNDLE_REVOKED", /version 7 is revoked/, () => host.guard.reload());
  }),
  attack(54, "calls go on after the kill switch was used", async () => {
    const host = await statusHost();
    await host.takes(await statusBy(statusPayload({ version: 4, kill: { all: true } })));
    host.denies("killed", /the kill switch is on: everything/);
  }),
  attack(55, "a key that signs bundles signs a status", async () => {
    const { alice, bob, carol } = await cast();
    const host = await statusHost();
    const forged = await statusBy(statusPayload({ version: 4 }), [alice, bob, carol]);
    await host.refuses(forged, "ERR_BUNDLE_SIGNATURE", /No key of the role status/);
  }),
  attack(56, "a bundle of a stream that the status does not list is used", async () => {
    const host = await statusHost();
    await host
      .takes(await statusBy(statusPayload({ version: 4, streams: {} })))
      .catch(() => undefined);
    host.denies("bundle_revoked", /does not list the stream acme-support/);
  }),
  attack(160, "an older status is brought back after a restart", async () => {
    const rollback = memoryRollback();
    const before = await statusHost(await statusBy(statusPayload({ version: 9 })), rollback);
    await before.guard.close();
    await refused("ERR_STATUS_ROLLBACK", /older than version 9/, async () =>
      statusHost(await statusBy(), rollback),
    );
  }),
  attack(161, "two statuses of one version say different things", async () => {
    const host = await statusHost();
    const other = await statusBy(statusPayload({ expires: "2026-06-15T12:59:00Z" }));
    await host.refuses(other, "ERR_STATUS_ROLLBACK", /other content/);
  }),
  attack(162, "a status of another environment lifts a kill", async () => {
    const host = await statusHost(await statusBy(statusPayload({ kill: { all: true } })));
    const staging = await statusBy(statusPayload({ version: 4, audience: ["staging"] }));
    await host.refuses(staging, "ERR_STATUS_AUDIENCE", /made for staging; this host is prod/);
    const nobody = await statusBy(statusPayload({ version: 4, audience: ["*"] }));
    await host.refuses(nobody, "ERR_STATUS_AUDIENCE", /is not a name/);
    host.denies("killed", /everything/);
  }),
  attack(163, "a status is made to last, or to begin later", async () => {
    const host = await statusHost();
    const dates = [
      ["2026-06-15T11:30:00Z", "2026-06-22T11:30:01Z", /more than 7 days/],
      ["2026-06-15T12:30:00Z", "2026-06-15T11:30:00Z", /ends before it was issued/],
      ["2026-06-15T12:02:00Z", "2026-06-15T12:30:00Z", /still to come here/],
      ["2026-06-15 11:30:00", "2026-06-15T12:30:00Z", /expected YYYY-MM-DD/],
    ] as const;
    for (const [issued, expires, words] of dates) {
      const status = await statusBy(statusPayload({ version: 4, issued, expires }));
      await host.refuses(status, "ERR_STATUS_DATES", words);
    }
  }),
  attack(164, "a status brings along policy, or anything that nobody knows", async () => {
    const host = await statusHost();
    const extras = [
      { policy: {} },
      { rules: [] },
      { allow: ["refund"] },
      { kill: { allow: true } },
      { streams: { [STREAM]: { ...CURRENT, url: "https://evil.test/" } } },
    ];
    for (const extra of extras) {
      const status = await statusBy(statusPayload({ version: 4, ...extra }));
      await host.refuses(status, "ERR_STATUS", /unknown field/);
    }
  }),
  attack(165, "a bundle, or a trust root, is offered as a status", async () => {
    const host = await statusHost();
    await host.refuses(await bundle(), "ERR_BUNDLE_TYPE", /vnd\.interlatch\.status/);
    const { text } = await signedRoot();
    await host.refuses(new TextEncoder().encode(text), "ERR_BUNDLE_TYPE", /trust-root/);
    const { clock } = await cast();
    const relabelled = await forge("approval", statusPayload({ version: 4 }), [clock]);
    const status = { ...relabelled, payloadType: "application/vnd.interlatch.status.v1+json" };
    await host.refuses(sealed(status), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(166, "a status is tampered with after it was signed", async () => {
    const { clock } = await cast();
    const host = await statusHost();
    const signed = await forge("status", statusPayload({ version: 4, kill: { all: true } }), [
      clock,
    ]);
    const lifted = Buffer.from(statusPayload({ version: 5 })).toString("base64");
    await host.refuses(
      sealed({ ...signed, payload: lifted }),
      "ERR_BUNDLE_SIGNATURE",
      /does not fit/,
    );
    const { keyid } = signatureOf(signed, 0);
    const none = { ...signed, signatures: [] };
    await host.refuses(sealed(none), "ERR_BUNDLE_SIGNATURE", /No key of the role status/);
    const empty = { ...signed, signatures: [{ keyid, sig: "" }] };
    await host.refuses(sealed(empty), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
  attack(
    167,
    "names of every object's own stand in the kill switch, the streams, or the calls",
    async () => {
      const host = await statusHost();
      const names = ["constructor", "toString", "hasOwnProperty", "valueOf"];
      const kill = { tools: names, agents: names, tenants: names, sessions: names };
      const streams = { [STREAM]: CURRENT, constructor: CURRENT };
      await host.takes(await statusBy(statusPayload({ version: 4, kill, streams })));
      assert.equal(host.ask().effect, "allow");
      for (const name of names) {
        host.denies("killed", new RegExp(`the tool ${name}`), name);
        host.denies("killed", new RegExp(`the agent ${name}`), "refund", name);
      }
      const text = statusPayload({ version: 5 });
      const polluting = text.replace('"kill":{}', '"kill":{"__proto__":{"all":true}}');
      await host.refuses(
        await statusBy(polluting),
        "ERR_BUNDLE_FORMAT",
        /__proto__ is not allowed/,
      );
      await unlisted();
    },
  ),
  attack(168, "a glob of the kill switch is got round, or is no glob", async () => {
    const host = await statusHost();
    const tools = ["ref*", "mcp:*:write/*"];
    await host.takes(await statusBy(statusPayload({ version: 4, kill: { tools } })));
    for (const tool of ["refund", "ref", "ref/und", "ref.und\n", "mcp:a:b:write/x/y"]) {
      host.denies("killed", /tools (ref|mcp)/, tool);
    }
    for (const glob of ["", "ref?nd", "[r]efund", "{refund}", "re fund", "rеfund"]) {
      const status = await statusBy(statusPayload({ version: 5, kill: { tools: [glob] } }));
      await host.refuses(status, "ERR_STATUS", /the name of a tool/);
    }
    for (const kill of [
      { all: false },
      { all: 1 },
      { tools: [] },
      { tools: "*" },
      { agents: [""] },
    ]) {
      const status = await statusBy(statusPayload({ version: 5, kill }));
      await host.refuses(status, "ERR_STATUS", /status\.kill/);
    }
  }),
  attack(
    169,
    "a key that the status revokes has signed the bundle, or signs the next status",
    async () => {
      const { alice, clock, nextA } = await cast();
      const host = await statusHost();
      const revoked = (keys: readonly string[], version: number): Promise<Uint8Array> =>
        statusBy(statusPayload({ version, revoked: { bundles: [], keys } }));
      await host.refuses(await revoked([clock.keyid], 4), "ERR_BUNDLE_KEY_REVOKED", /another key/);
      await host.takes(await statusBy(statusPayload({ version: 4 }), [nextA]));
      await host.takes(await revoked([nextA.keyid], 5));
      // Its thief lifts the revocation.
      const lifted = await statusBy(statusPayload({ version: 6 }), [nextA]);
      await host.refuses(lifted, "ERR_BUNDLE_KEY_REVOKED", /another key/);
      await host.takes(await revoked([alice.keyid], 6)).catch(() => undefined);
      host.denies("bundle_revoked", /a key that signed acme-support version 7 is revoked/);
      await refused("ERR_BUNDLE_REVOKED", /a key that signed/, () => host.guard.reload());
    },
  ),
  attack(170, "whoever has the bundle keys publishes a bundle that no status names", async () => {
    const host = await statusHost();
    host.places.bundle = await bundle(payload({ version: 8, change: "EVIL" }));
    await refused("ERR_BUNDLE_NOT_CURRENT", /the current one, which is version 7/, () =>
      host.guard.reload(),
    );
    assert.equal(host.ask().bundle?.digest, CURRENT.digest);
    // What was refused has not moved the rollback state on.
    assert.deepEqual(await host.rollback.get(`bundle:${STREAM}#${AUDIENCE}`), CURRENT);
  }),
  attack(171, "a guard starts without a status, to run on what was revoked", async () => {
    const { text, digest } = await signedRoot();
    const guard = await createGuard({
      bundle: { name: "bundles", read: () => bundle() },
      status: {
        source: { name: "statuses", read: () => Promise.reject(new Error("held back")) },
      },
      trust: { document: text, digest },
      audience: AUDIENCE,
      rollback: memoryRollback(),
      audit: memoryAudit(),
      clock: () => NOW,
    });
    const ticket = guard.for({ agent: { id: "desk" }, session: "s1" });
    const call = { ticket, id: "c1", tool: "refund", arguments: { amount: 7 } };
    assert.equal(guard.decide(call).code, "status_stale");
  }),
  attack(172, "the clock is set back, so that a status never ends", async () => {
    const host = await statusHost();
    host.clock.now = NOW + 30 * MINUTE;
    host.denies("status_stale", /ended/);
    host.clock.now = NOW;
    host.denies("status_stale", /ended/);
    const other = await statusHost();
    other.clock.now = NOW - 45 * MINUTE;
    other.denies("status_stale", /the clock is before 2026-06-15T11:30:00Z/);
  }),
];

/** A stream whose name every object has is listed only where it is. */
async function unlisted(): Promise<void> {
  const named = { ...JSON.parse(payload()), id: "constructor" } as { policy: { id: string } }; // our own payload
  named.policy.id = "constructor";
  const host = await statusHost();
  host.places.bundle = await bundle(JSON.stringify(named));
  await refused("ERR_BUNDLE_REVOKED", /does not list the stream constructor/, () =>
    host.guard.reload(),
  );
}
