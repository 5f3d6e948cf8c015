import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning, type Signing } from "../../../../test/signed.ts";
import { folderSource } from "./folder-source.ts";

let root = "";
let folder = "";
let signing: Signing;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "interlatch-folder-"));
  signing = await makeSigning();
});
beforeEach(() => {
  folder = mkdtempSync(join(root, "bundles-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const policy = policyOf({ id: "p", rules: [{ action: "allow" }] });

describe("folderSource", () => {
  it("reads the highest number of its own stream, as a number", async () => {
    for (const name of ["p-9", "p-10", "p-010", "other-99", "p-x-77", "p-1e3", "p-"]) {
      put(`${name}.bundle.json`, name);
    }
    put("p-11.bundle.json.tmp", "draft");
    expect(Buffer.from(await folderSource(folder, { id: "p" }).read()).toString()).toBe("p-10");
    // What reads like a pattern is a name.
    await expect(folderSource(folder, { id: "." }).read()).rejects.toMatchObject({
      code: "ERR_BUNDLE_UNREACHABLE",
    });
  });

  it("is out of reach where there is none, or no folder", async () => {
    for (const place of [folder, join(folder, "nowhere")]) {
      await expect(folderSource(place, { id: "p" }).read()).rejects.toMatchObject({
        code: "ERR_BUNDLE_UNREACHABLE",
      });
    }
  });

  it("takes the next best where the first is no good; the name of a file proves nothing", async () => {
    put("p-1.bundle.json", await signing.bundle(policy, { version: 1 }));
    put("p-2.bundle.json", await signing.bundle(policy, { version: 2 }));
    put("p-3.bundle.json", "half of a bun");
    mkdirSync(join(folder, "p-4.bundle.json"));
    const { guard } = await guardOver(folderSource(folder, { id: "p" }), signing.trust);
    expect(guard.status().bundle?.version).toBe(2);
    expect(guard.status().lastError?.code).toBe("ERR_BUNDLE_UNREACHABLE");
    // Named as the newest, and older than what is in force.
    rmSync(join(folder, "p-4.bundle.json"), { recursive: true });
    put("p-99.bundle.json", await signing.bundle(policy, { version: 1 }));
    await expect(guard.reload()).rejects.toMatchObject({ code: "ERR_BUNDLE_ROLLBACK" });
    expect(guard.status().bundle?.version).toBe(2);
    await guard.close();
  });

  it("puts a new bundle in force when it arrives", async () => {
    put("p-1.bundle.json", await signing.bundle(policy, { version: 1 }));
    const { guard } = await guardOver(folderSource(folder, { id: "p" }), signing.trust);
    const second = new Promise<void>((resolve) => {
      guard.on("bundle.loaded", ({ bundle }) => {
        if (bundle.version === 2) resolve();
      });
    });
    put("draft", await signing.bundle(policy, { version: 2 }));
    renameSync(join(folder, "draft"), join(folder, "p-2.bundle.json"));
    await second;
    expect(guard.status().bundle?.version).toBe(2);
    await guard.close();
  });
});
