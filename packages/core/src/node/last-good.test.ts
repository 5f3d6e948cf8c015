import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning, type Signing } from "../../../../test/signed.ts";
import { type Place, placeOf } from "../../../../test/status-stage.ts";
import { memoryRollback } from "../bundle/memory-rollback.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import type { Guard } from "../guard/guard.ts";
import { fileRollback } from "./file-rollback.ts";
import { lastGood } from "./last-good.ts";

let folder = "";
let signing: Signing;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-last-good-"));
  signing = await makeSigning();
});
afterAll(() => rmSync(folder, { recursive: true }));

const policy = policyOf({ id: "p", rules: [{ action: "allow" }] });
const signed = (version: number): Promise<string> => signing.bundle(policy, { version });
const gone = new Error("connection refused");

let count = 0;
const newFile = (): string => join(folder, `state-${++count}`, "last-good.json");

/** A guard over a place, with its last good bundle in a file, and all it said of its bundles. */
async function start(place: Place, file: string, rollback: RollbackStore = memoryRollback()) {
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const warn = (_: object, message: string): number => warnings.push(message);
  const { guard } = await guardOver(lastGood(place, { file }), signing.trust, {
    rollback,
    logger: { debug: silent, info: silent, warn, error: silent },
  });
  return { guard, warnings };
}

const versionOf = (guard: Guard): number | undefined => guard.status().bundle?.version;
/** What is kept is written behind the guard's back; a second attempt has waited for it. */
const written = async (guard: Guard, file: string, text: string): Promise<void> => {
  while (!existsSync(file) || readFileSync(file, "utf8") !== text) await guard.reload();
};

describe("lastGood", () => {
  it("starts with the last good bundle where the source cannot be reached", async () => {
    const file = newFile();
    const bundle = await signed(1);
    const first = await start(placeOf(bundle, "server"), file);
    await written(first.guard, file, bundle);
    const { guard, warnings } = await start(placeOf(gone, "server"), file);
    expect(versionOf(guard)).toBe(1);
    expect(guard.status()).toMatchObject({
      state: "ready",
      lastError: { code: "ERR_BUNDLE_UNREACHABLE" },
      source: { kept: file },
    });
    expect(warnings.join()).toContain("connection refused");
  });

  it("starts with it where the source brings a bad one, and takes the next good one", async () => {
    const file = newFile();
    const bundle = await signed(1);
    await written((await start(placeOf(bundle, "server"), file)).guard, file, bundle);
    const place = placeOf("{}", "server");
    const { guard } = await start(place, file);
    expect(versionOf(guard)).toBe(1);
    expect(guard.status().lastError).toMatchObject({ code: "ERR_BUNDLE_FORMAT" });
    await expect(guard.reload()).rejects.toMatchObject({ code: "ERR_BUNDLE_FORMAT" });
    place.content = await signed(2);
    await guard.reload();
    expect(versionOf(guard)).toBe(2);
    expect(guard.status().lastError).toBeNull();
  });

  it("denies every call where nothing is kept either, and goes on trying", async () => {
    const place = placeOf(gone, "server");
    const { guard } = await start(place, newFile());
    expect(guard.status().state).toBe("no_bundle");
    place.content = await signed(1);
    await guard.reload();
    expect(versionOf(guard)).toBe(1);
  });

  it("never goes back behind the rollback state", async () => {
    const file = newFile();
    const rollback = memoryRollback();
    const old = await signed(1);
    await written((await start(placeOf(old, "server"), file, rollback)).guard, file, old);
    // Another host with the same state has seen version 2 by now.
    await guardOver(await signed(2), signing.trust, { rollback });
    const { guard, warnings } = await start(placeOf(gone, "server"), file, rollback);
    expect(guard.status().state).toBe("no_bundle");
    expect(warnings.join()).toContain("older than version 2");
  });

  it("goes on with the bundle in force when it can keep nothing, and says so", async () => {
    const file = join(folder, "a-file", "last-good.json");
    writeFileSync(join(folder, "a-file"), "in the way");
    const { guard } = await start(placeOf(await signed(1), "server"), file);
    const said = (): string | null | undefined => guard.status().source?.lastError;
    while (said() === null) await guard.reload();
    expect(said()).toContain("cannot be kept");
    expect(versionOf(guard)).toBe(1);
  });

  it("takes nothing that is half written, edited or signed by another, with the code of each", async () => {
    const file = newFile();
    const bundle = await signed(1);
    await written((await start(placeOf(bundle, "server"), file)).guard, file, bundle);
    const strange = await (await makeSigning()).bundle(policy);
    const edited = bundle.replace(/"sig": ?"..../, (found) => `${found.slice(0, -4)}AAAA`);
    const cases = [
      [bundle.slice(0, -40), /JSON|format/i],
      [edited, /sign/],
      [strange, /sign/],
    ] as const;
    for (const [text, words] of cases) {
      writeFileSync(file, text);
      const { guard, warnings } = await start(
        placeOf(gone, "server"),
        file,
        fileRollback(`${file}.r`),
      );
      expect(guard.status().state).toBe("no_bundle");
      expect(warnings.join("\n")).toMatch(words);
    }
    chmodSync(file, 0o600);
  });
});
