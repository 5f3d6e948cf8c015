import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import { fileSource } from "./file-source.ts";
import { watchFile } from "./watch-file.ts";

let root = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "interlatch-watch-"));
});
afterAll(() => rmSync(root, { recursive: true }));

function folder(): string {
  const path = join(root, String((count += 1)));
  mkdirSync(path);
  return path;
}

/** Watches until `act` has led to a change. */
function changeBy(path: string, act: () => void): Promise<void> {
  return new Promise((resolve) => {
    const stop = watchFile(path, () => {
      stop();
      resolve();
    });
    act();
  });
}

describe("watchFile", () => {
  it("sees a file that is written in place, replaced by another, or comes into being", async () => {
    const path = join(folder(), "a.json");
    await changeBy(path, () => writeFileSync(path, "one"));
    await changeBy(path, () => appendFileSync(path, " more"));
    const draft = `${path}.tmp`;
    writeFileSync(draft, "two");
    await changeBy(path, () => renameSync(draft, path));
  });

  it("sees a link that is swapped beside it, as clusters update what they mount", async () => {
    const here = folder();
    for (const version of ["v1", "v2"]) {
      mkdirSync(join(here, version));
      writeFileSync(join(here, version, "b.json"), version);
    }
    symlinkSync("v1", join(here, "data"));
    symlinkSync(join("data", "b.json"), join(here, "b.json"));
    await changeBy(join(here, "b.json"), () => {
      symlinkSync("v2", join(here, "data.tmp"));
      renameSync(join(here, "data.tmp"), join(here, "data"));
    });
  });

  it("says nothing of other files, of a file that is gone, or once it has ended", async () => {
    const here = folder();
    const path = join(here, "c.json");
    writeFileSync(path, "same");
    const changes: string[] = [];
    const stop = watchFile(path, () => changes.push("watched"));
    const stopped = watchFile(path, () => changes.push("ended"));
    stopped();
    // Both watchers are told of everything in the folder; when this one was, the first one was too.
    await changeBy(join(here, "other.json"), () => writeFileSync(join(here, "other.json"), "x"));
    rmSync(path);
    await changeBy(join(here, "last.json"), () => writeFileSync(join(here, "last.json"), "x"));
    stop();
    expect(changes).toEqual([]);
  });

  it("sees that a file is gone where that is asked for", async () => {
    const path = join(folder(), "e.json");
    writeFileSync(path, "there");
    await new Promise<void>((resolve) => {
      const stop = watchFile(
        path,
        () => {
          stop();
          resolve();
        },
        { gone: true },
      );
      rmSync(path);
    });
  });

  it("fails where there is no folder", () => {
    expect(() => watchFile(join(root, "nowhere", "d.json"), () => undefined)).toThrow("ENOENT");
  });
});

describe("a guard over a file", () => {
  it("takes the bundle that is put in its place", async () => {
    const signing = await makeSigning();
    const path = join(folder(), "p.bundle.json");
    const allows = policyOf({ id: "p", rules: [{ action: "allow" }] });
    const denies = policyOf({ id: "p", rules: [{ action: "deny" }] });
    writeFileSync(path, await signing.bundle(allows));
    const { guard } = await guardOver(fileSource(path), signing.trust);
    const loaded = new Promise((resolve) => guard.on("bundle.loaded", resolve));
    writeFileSync(`${path}.tmp`, await signing.bundle(denies, { version: 2 }));
    renameSync(`${path}.tmp`, path);
    expect(await loaded).toMatchObject({ bundle: { version: 2 }, source: path });
    const ticket = guard.for({ agent: { id: "a" } });
    expect(guard.decide({ ticket, id: "c", tool: "tool", arguments: {} }).effect).toBe("deny");
    await guard.close();
  });
});
