import { chmodSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryRollback, openTrustRoot, verifyBundle } from "@interlatch/core";
import { NOW, project, type Workplace, workplace } from "../../../../test/cli/command-line.ts";
import { verifies } from "../../../../test/verifies.ts";

const PAYLOAD = "shop-1.payload.json";

function words(line: string): readonly string[] {
  return line.split(" ");
}

/** A project whose trust root wants two of the bundle keys of Alice, Bob and Carol, and Mallory's key beside it. */
async function office(): Promise<{ readonly place: Workplace; readonly digest: string }> {
  const place = await project();
  for (const name of ["root", "alice", "bob", "carol", "mallory"]) {
    const alg = name === "bob" ? "ES256" : "Ed25519";
    await place.run(words(`keygen --out ${name}.pem --public ${name}.jwk --alg ${alg}`));
  }
  const { document } = await place.json(
    words(
      "trust init --root root.pem --bundle alice.jwk --bundle bob.jwk --bundle carol.jwk --out team.json",
    ),
  );
  await place.run(["build"]);
  return { place, digest: document.digest };
}

/** The bundle as a host of the project takes it. */
async function signers({ read }: Workplace, digest: string): Promise<readonly string[]> {
  const trust = await openTrustRoot({ document: read("team.json"), digest, now: NOW });
  const bytes = new TextEncoder().encode(read("shop-1.bundle.json"));
  const options = { audience: "dev-team", now: NOW, rollback: memoryRollback() };
  return (await verifyBundle(bytes, { trust, ...options })).signers;
}

describe("signing on two machines", () => {
  verifies(
    "cli.sign.apart",
    "each signs apart; the order of putting in changes nothing",
    async () => {
      const { place, digest } = await office();
      const elsewhere = workplace();
      for (const name of [PAYLOAD, "bob.pem"]) elsewhere.write(name, place.read(name));
      chmodSync(elsewhere.path("bob.pem"), 0o600);
      const a = await place.json(words(`sign ${PAYLOAD} --key alice.pem --detached`));
      const b = await elsewhere.json(
        words(`sign ${PAYLOAD} --key bob.pem --detached --out b.sig.json`),
      );
      expect([a.code, b.code]).toEqual([0, 0]);
      expect(a.document.digest).toBe(b.document.digest);
      place.write("b.sig.json", elsewhere.read("b.sig.json"));
      const one = await place.run(
        words(`sign ${PAYLOAD} --append ${a.document.file} --append b.sig.json --trust team.json`),
      );
      expect(one.code).toBe(0);
      const bundle = place.read("shop-1.bundle.json");
      const other = words(
        `sign ${PAYLOAD} --append b.sig.json --append ${a.document.file} --trust team.json --out again.bundle.json`,
      );
      expect((await place.run(other)).code).toBe(0);
      expect(place.read("again.bundle.json")).toBe(bundle);
      expect(await signers(place, digest)).toHaveLength(2);
    },
  );

  verifies(
    "cli.sign.append",
    "says why a signature is not put in, and writes nothing",
    async () => {
      const { place } = await office();
      const append = (file: string): ReturnType<Workplace["run"]> =>
        place.run(words(`sign ${PAYLOAD} --append ${file} --trust team.json`));
      const detached = (key: string, payload = PAYLOAD): ReturnType<Workplace["run"]> =>
        place.run(words(`sign ${payload} --key ${key}.pem --detached --out ${key}.sig.json`));
      for (const key of ["alice", "mallory"]) await detached(key);
      const signature = JSON.parse(place.read("alice.sig.json"));
      const altered = {
        ...signature,
        sig: `${signature.sig[0] === "A" ? "B" : "A"}${signature.sig.slice(1)}`,
      };
      place.write("altered.sig.json", JSON.stringify(altered));
      const { publicJwk } = JSON.parse(place.read("mallory.sig.json"));
      place.write("posing.sig.json", JSON.stringify({ ...signature, publicJwk }));
      place.write("more.sig.json", JSON.stringify({ ...signature, note: "hello" }));
      const status = { ...signature, payloadType: "application/vnd.interlatch.status.v1+json" };
      place.write("status.sig.json", JSON.stringify(status));
      place.edit("interlatch.config.json", '"version": 1', '"version": 2');
      await place.run(["build"]);
      await detached("bob", "shop-2.payload.json");
      for (const [file, words] of [
        ["mallory.sig.json", "may not sign bundles by the trust root"],
        ["altered.sig.json", "gave a signature that does not verify"],
        ["posing.sig.json", "is not in its form"],
        ["more.sig.json", "note"],
        ["status.sig.json", "may not sign trust roots"],
        ["bob.sig.json", "is of sha256:"],
        ["alice.jwk", "signature"],
      ] as const) {
        const { code, stderr } = await append(file);
        expect(stderr, file).toContain(words);
        expect(code, file).toBe(4);
      }
      expect(() => place.read("shop-1.bundle.json")).toThrow();
    },
  );
});

describe("a program that signs", () => {
  /** Signs what it reads with a key file; `change` is code between reading and printing. */
  const program = (key: string, change = ""): string => `
    import { createPrivateKey, sign } from "node:crypto";
    import { readFileSync } from "node:fs";
    let message = Buffer.from(readFileSync(0, "utf8"), "base64");
    ${change}
    const key = { key: createPrivateKey(readFileSync(${JSON.stringify(key)})), dsaEncoding: "ieee-p1363" };
    const alg = key.key.asymmetricKeyType === "ec" ? "sha256" : null;
    console.log(sign(alg, message, key).toString("base64"));`;

  verifies("cli.sign.command", "gets the bytes and gives a signature that hosts take", async () => {
    const { place, digest } = await office();
    place.write(
      "kms for us.mjs",
      program("bob.pem", 'if ("INTERLATCH_PASSPHRASE" in process.env) process.exit(9);'),
    );
    const signer = `'${process.execPath}' "kms for us.mjs" $(touch pwned) ; touch pwned`;
    const argv = [
      "sign",
      PAYLOAD,
      "--key",
      "alice.pem",
      "--signer",
      signer,
      "--signer-key",
      "bob.jwk",
    ];
    const env = { ...process.env, INTERLATCH_PASSPHRASE: "of other keys" };
    const { code, stderr } = await place.run(argv, { env });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(() => place.read("pwned")).toThrow();
    expect(await signers(place, digest)).toHaveLength(2);
  });

  verifies("cli.sign.command-fails", "is told what was wrong with its answer", async () => {
    const { place } = await office();
    const node = process.execPath;
    const scripts = {
      "hangs.mjs": "setInterval(() => undefined, 1_000);",
      "fails.mjs": "process.exit(3);",
      "nonsense.mjs": 'console.log("signed!");',
      "floods.mjs": 'console.log("A".repeat(100_000));',
      "silent.mjs": "",
      "other.mjs": program("mallory.pem"),
      "changes.mjs": program("bob.pem", "message = message.subarray(1);"),
    };
    for (const [name, text] of Object.entries(scripts)) place.write(name, text);
    for (const [signer, words] of [
      [`${node} hangs.mjs`, "did not answer within 0.5 s"],
      [`${node} fails.mjs`, "ended with 3"],
      [`${node} nonsense.mjs`, "printed no signature"],
      [`${node} floods.mjs`, "printed no signature"],
      [`${node} silent.mjs`, "printed no signature"],
      [`${node} other.mjs`, "gave a signature that does not verify"],
      [`${node} changes.mjs`, "gave a signature that does not verify"],
      ["/nowhere/kms", "cannot be started"],
    ] as const) {
      const timeout = signer.includes("hangs") ? ["--signer-timeout", "0.5"] : [];
      const argv = ["sign", PAYLOAD, "--signer", signer, "--signer-key", "bob.jwk", ...timeout];
      const { code, stderr } = await place.run(argv);
      expect(stderr, signer).toContain(words);
      expect(code, signer).toBe(4);
    }
    expect(() => place.read("shop-1.bundle.json")).toThrow();
  });

  it.each([
    [["--signer", "kms"], "--signer needs --signer-key"],
    [["--signer-key", "bob.jwk", "--key", "alice.pem"], "--signer-key belongs to --signer"],
    [["--signer", "'kms", "--signer-key", "bob.jwk"], "a quotation mark without its other"],
    [["--signer", " ", "--signer-key", "bob.jwk"], "--signer names no program"],
    [
      ["--signer", "kms", "--signer-key", "bob.jwk", "--signer-timeout", "x"],
      "--signer-timeout is",
    ],
  ])("%j is wrong use", async (flags, words) => {
    const { place } = await office();
    const { code, stderr } = await place.run(["sign", PAYLOAD, ...flags]);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});
