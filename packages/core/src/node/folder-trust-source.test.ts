import { mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { folderTrustSource } from "./folder-trust-source.ts";

const folder = mkdtempSync(join(tmpdir(), "interlatch-roots-"));
const file = (name: string): string => join(folder, name);

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

describe("folderTrustSource", () => {
  it("gives the root of exactly the version that is asked for", async () => {
    writeFileSync(file("root-2.json"), "two");
    writeFileSync(file("root-10.json"), "ten");
    const { read } = folderTrustSource(folder);
    expect(new TextDecoder().decode((await read(2)) ?? undefined)).toBe("two");
    expect(await read(1)).toBeNull();
    expect(await read(3)).toBeNull();
  });

  it("does not say that there is none where that cannot be said", async () => {
    mkdirSync(file("root-2.json"));
    writeFileSync(file("root-3.json"), "");
    truncateSync(file("root-3.json"), 2_097_153);
    const { read } = folderTrustSource(folder);
    await expect(read(2)).rejects.toThrow();
    await expect(read(3)).rejects.toThrow(/larger than 2 MiB/);
    await expect(folderTrustSource(file("root-3.json")).read(2)).rejects.toThrow();
  });

  it("tells when another file stands there, until it is ended", async () => {
    const { watch } = folderTrustSource(folder);
    let seen: () => void = () => undefined;
    const end = watch?.(() => seen());
    const change = new Promise<void>((resolve) => {
      seen = resolve;
    });
    writeFileSync(file("draft"), "two");
    renameSync(file("draft"), file("root-2.json"));
    await change;
    end?.();
  });
});
