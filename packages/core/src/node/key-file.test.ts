import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateKey } from "../sign/key.ts";
import { readKeyFile, readKeyText, writeKeyFile } from "./key-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-keys-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const notWindows = process.platform !== "win32";

describe("key files", () => {
  it.each(["Ed25519", "ES256"] as const)("keep a key of %s, plain or encrypted", async (alg) => {
    const { keyid, privateKey } = await generateKey({ alg });
    const plain = join(folder, `${alg}-plain.pem`);
    const locked = join(folder, `${alg}-locked.pem`);
    await writeKeyFile(plain, privateKey);
    await writeKeyFile(locked, privateKey, { passphrase: "correct hörse" });
    expect((await readKeyFile(plain)).keyid).toBe(keyid);
    expect((await readKeyFile(locked, { passphrase: "correct hörse" })).keyid).toBe(keyid);
    const text = readFileSync(locked, "utf8");
    expect(text).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(createPrivateKey({ key: text, passphrase: "correct hörse" }).type).toBe("private");
  });

  it("do not open without the right passphrase", async () => {
    const { privateKey } = await generateKey();
    const path = join(folder, "secret.pem");
    await writeKeyFile(path, privateKey, { passphrase: "right" });
    for (const options of [{}, { passphrase: "wrong" }, { passphrase: "" }]) {
      await expect(readKeyFile(path, options)).rejects.toMatchObject({ code: "ERR_KEY" });
    }
  });

  it("use a work factor and a salt that openssl reports", async () => {
    const { privateKey } = await generateKey();
    const path = join(folder, "asn1.pem");
    await writeKeyFile(path, privateKey, { passphrase: "x" });
    const parsed = readFileSync(path, "utf8").replace(/-----[^\n]*\n|\n/g, "");
    const der = Buffer.from(parsed, "base64");
    // INTEGER 600000, OCTET STRING of 16 bytes, aes-256-cbc.
    expect(der.includes(Buffer.from("0203" + "0927c0", "hex"))).toBe(true);
    expect(der.includes(Buffer.from("0410", "hex"))).toBe(true);
    expect(der.includes(Buffer.from("060960864801650304012a", "hex"))).toBe(true);
    const other = join(folder, "asn1-again.pem");
    await writeKeyFile(other, privateKey, { passphrase: "x" });
    expect(readFileSync(other, "utf8")).not.toBe(readFileSync(path, "utf8"));
  });

  it("are never overwritten", async () => {
    const path = join(folder, "kept.pem");
    const first = await generateKey();
    await writeKeyFile(path, first.privateKey);
    const { privateKey } = await generateKey();
    await expect(writeKeyFile(path, privateKey)).rejects.toMatchObject({ code: "ERR_KEY" });
    expect((await readKeyFile(path)).keyid).toBe(first.keyid);
  });

  it("are not written with an empty passphrase or without a key", async () => {
    const { privateKey } = await generateKey();
    const path = join(folder, "never.pem");
    const empty = writeKeyFile(path, privateKey, { passphrase: "" });
    await expect(empty).rejects.toMatchObject({ code: "ERR_KEY" });
    await expect(writeKeyFile(path, "hello")).rejects.toMatchObject({ code: "ERR_KEY" });
    expect(existsSync(path)).toBe(false);
  });

  it.skipIf(!notWindows)("are for their owner alone, and refused when they are not", async () => {
    const { privateKey, keyid } = await generateKey();
    const path = join(folder, "mode.pem");
    await writeKeyFile(path, privateKey);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const mode of [0o640, 0o604, 0o620, 0o601, 0o644, 0o666]) {
      chmodSync(path, mode);
      await expect(readKeyFile(path), mode.toString(8)).rejects.toMatchObject({
        code: "ERR_KEY_PERMISSIONS",
      });
    }
    chmodSync(path, 0o400);
    expect((await readKeyFile(path)).keyid).toBe(keyid);
  });

  it("are ordinary files of a key's size", async () => {
    const large = join(folder, "large.pem");
    writeFileSync(large, " ".repeat(65_537), { mode: 0o600 });
    const wrong = [folder, join(folder, "missing.pem"), large];
    if (notWindows) {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", ["-m", "600", pipe]);
      wrong.push(pipe);
    }
    for (const path of wrong) {
      await expect(readKeyFile(path), path).rejects.toMatchObject({ code: "ERR_KEY" });
    }
  });
});

describe("readKeyText", () => {
  it("reads the value of an environment variable, also with written line ends", async () => {
    const { privateKey, keyid } = await generateKey();
    expect((await readKeyText(privateKey)).keyid).toBe(keyid);
    expect((await readKeyText(privateKey.trim().replaceAll("\n", "\\n"))).keyid).toBe(keyid);
  });

  it("reads an encrypted one", async () => {
    const { privateKey, keyid } = await generateKey({ alg: "ES256" });
    const path = join(folder, "env.pem");
    await writeKeyFile(path, privateKey, { passphrase: "p" });
    const value = readFileSync(path, "utf8").trim().replaceAll("\n", "\\n");
    expect((await readKeyText(value, { passphrase: "p" })).keyid).toBe(keyid);
    await expect(readKeyText(value)).rejects.toMatchObject({ code: "ERR_KEY" });
  });
});
