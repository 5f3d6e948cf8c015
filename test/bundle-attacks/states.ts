import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isInterlatchError, type RollbackStore } from "@interlatch/core";
import { fileRollback, fileSource } from "@interlatch/core/node";
import { type Attack, attack, refused } from "./attack.ts";
import { bundle, host, payload } from "./host.ts";

/** Attacks on what the host remembers, and on what happens around the verification. */
export const stateAttacks: readonly Attack[] = [
  attack(47, "an older bundle comes back", async () => {
    const subject = await host();
    await subject.load(await bundle());
    const older = await bundle(payload({ version: 6 }));
    await subject.refuses(older, "ERR_BUNDLE_ROLLBACK", /older than version 7/);
    await subject.load(await bundle(payload({ version: 8 })));
    await subject.refuses(await bundle(), "ERR_BUNDLE_ROLLBACK", /older than version 8/);
  }),
  attack(48, "another bundle has the version of the one in use", async () => {
    const subject = await host();
    await subject.load(await bundle());
    const other = await bundle(payload({ change: "CHG-2" }));
    await subject.refuses(other, "ERR_BUNDLE_ROLLBACK", /other content/);
  }),
  attack(49, "an old bundle reaches a host that remembers nothing", async () => {
    const subject = await host();
    const bytes = await bundle();
    await subject.refuses(bytes, "ERR_BUNDLE_ROLLBACK", /at least 8 is deployed/, {
      minVersion: 8,
    });
    await subject.load(bytes, { minVersion: 7 });
  }),
  attack(72, "the last good bundle is edited on the host's own disk", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "acme-support-7.bundle.json");
      const source = fileSource(path);
      await writeFile(path, await bundle());
      const subject = await host();
      await subject.load(await source.read());
      const text = await readFile(path, "utf8");
      const edited = Buffer.from(
        text.slice(text.indexOf('"payload":"') + 11).split('"')[0] ?? "",
        "base64",
      );
      const loosened = edited.toString().replace('"value":50', '"value":99');
      assert.notEqual(loosened, edited.toString());
      const forged = text.replace(
        edited.toString("base64"),
        Buffer.from(loosened).toString("base64"),
      );
      await writeFile(path, forged);
      await subject.refuses(await source.read(), "ERR_BUNDLE_SIGNATURE", /does not fit/);
    });
  }),
  attack(73, "two bundles of one version are loaded at the same moment", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "rollback.json");
      const bytes = [
        await bundle(payload({ change: "A" })),
        await bundle(payload({ change: "B" })),
      ];
      const loads = Array.from({ length: 10 }, async (_, index) => {
        const subject = await host(fileRollback(path));
        return subject.load(bytes[index % 2] ?? new Uint8Array());
      });
      const results = await Promise.allSettled(loads);
      const digests = results.flatMap((result) =>
        result.status === "fulfilled" ? [result.value.digest] : [],
      );
      assert.equal(digests.length, 5);
      assert.equal(new Set(digests).size, 1, "two contents of one version were both loaded");
      for (const result of results) {
        if (result.status === "rejected") {
          assert.ok(isInterlatchError(result.reason, "ERR_BUNDLE_ROLLBACK"), String(result.reason));
        }
      }
    });
  }),
  attack(77, "a tool changes the policy that was loaded", async () => {
    const { payload: loaded } = await (await host()).load(await bundle());
    const seen = frozenAndBare(loaded, "payload");
    assert.ok(seen >= 20, `only ${seen} objects were looked at`);
    const { tools, facts } = loaded.policy;
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      assert.equal(Reflect.get(tools, name), undefined, `tools has ${name}`);
      assert.equal(Reflect.get(facts, name), undefined, `facts has ${name}`);
    }
    assert.equal(Reflect.set(loaded.policy.rules[0] ?? {}, "action", "deny"), false);
  }),
  attack(78, "the path leads to something that is not a file", async () => {
    await inFolder(async (folder) => {
      await refused("ERR_BUNDLE_UNREACHABLE", /not an ordinary file/, () =>
        fileSource(folder).read(),
      );
      const nowhere = join(folder, "nowhere.json");
      await refused("ERR_BUNDLE_UNREACHABLE", /ENOENT/, () => fileSource(nowhere).read());
      const device = join(folder, "device.json");
      await symlink("/dev/zero", device);
      await refused("ERR_BUNDLE_UNREACHABLE", /not an ordinary file/, () =>
        fileSource(device).read(),
      );
    });
  }),
  attack(79, "what is evaluated is not what was verified", async () => {
    const subject = await host();
    const bytes = await bundle();
    const honest = bytes.slice();
    // The buffer is exchanged as soon as the verifier lets go of the thread.
    const loading = subject.load(bytes);
    bytes.set(await bundle(payload({ change: "EVIL1" })));
    const { payload: loaded, digest } = await loading;
    assert.equal(loaded.change, "CHG-1");
    assert.equal(digest, (await subject.load(honest)).digest);
    await onlyVerifiedBytesAreParsed(await bundle(payload({ version: 8 })));
  }),
  attack(98, "the rollback state cannot be kept, or lies", async () => {
    const failing = {
      get: async () => undefined,
      advance: () => Promise.reject(new Error("disk full")),
    };
    const entry = { version: 1, digest: "0".repeat(64) };
    const forgetful = { get: async () => undefined, advance: async () => entry };
    for (const rollback of [failing, forgetful] satisfies RollbackStore[]) {
      const subject = await host(rollback);
      await subject.refuses(await bundle(), "ERR_ROLLBACK_STATE", /cannot be kept|not usable/);
    }
  }),
  attack(99, "the rollback state is damaged to start afresh", async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "rollback.json");
      const subject = await host(fileRollback(path));
      await subject.load(await bundle());
      const good = await readFile(path, "utf8");
      const older = await bundle(payload({ version: 6 }));
      for (const text of [
        "",
        "{}",
        "null",
        good.slice(0, -5),
        good.replace("7", '"7"'),
        `${good}{}`,
      ]) {
        await writeFile(path, text);
        await refused("ERR_ROLLBACK_STATE", /rollback/, () => subject.load(older));
      }
      await writeFile(path, good);
      await subject.refuses(older, "ERR_BUNDLE_ROLLBACK", /older than version 7/);
    });
  }),
  attack(100, "a bundle this host cannot run is to shut out the one it runs", async () => {
    const subject = await host();
    await subject.load(await bundle());
    const next = await bundle(payload({ version: 8 }));
    const prepare = (): void => {
      throw new Error("a pattern does not compile");
    };
    await assert.rejects(subject.load(next, { prepare }), /does not compile/);
    await subject.load(await bundle());
  }),
];

/** The buffers that signatures were checked over, and every text that was parsed after: the payload's must be among them. */
async function onlyVerifiedBytesAreParsed(bytes: Uint8Array): Promise<void> {
  const subject = await host();
  const verified: string[] = [];
  const parsed: { readonly text: string; readonly after: number }[] = [];
  const verify = crypto.subtle.verify.bind(crypto.subtle);
  const parse = JSON.parse;
  crypto.subtle.verify = async (algorithm, key, signature, data) => {
    const fits = await verify(algorithm, key, signature, data);
    if (fits) verified.push(Buffer.from(data as Uint8Array).toString());
    return fits;
  };
  JSON.parse = (text: string) => {
    parsed.push({ text, after: verified.length });
    return parse(text) as unknown;
  };
  try {
    await subject.load(bytes);
  } finally {
    crypto.subtle.verify = verify;
    JSON.parse = parse;
  }
  const [envelope, body, ...more] = parsed;
  assert.equal(envelope?.text, Buffer.from(bytes).toString());
  assert.equal(body?.after, 2, "the payload was parsed before both signatures were verified");
  for (const message of verified) assert.ok(message.endsWith(` ${body?.text}`));
  assert.equal(more.length, 0, "something else was parsed");
}

/** Walks over everything reachable and returns how many objects there were. */
function frozenAndBare(value: unknown, path: string): number {
  if (typeof value !== "object" || value === null) return 0;
  assert.ok(Object.isFrozen(value), `${path} can be changed`);
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + frozenAndBare(item, `${path}.${key}`),
    1,
  );
}

async function inFolder(task: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "interlatch-attacks-"));
  try {
    await task(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
