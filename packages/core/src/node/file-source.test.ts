import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileSource } from "./file-source.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-source-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("fileSource", () => {
  it("reads what the file holds at the moment, and is named after its path", async () => {
    const path = join(folder, "a.bundle.json");
    const source = fileSource(path);
    expect(source.name).toBe(path);
    writeFileSync(path, "one");
    expect(new TextDecoder().decode(await source.read())).toBe("one");
    writeFileSync(path, "");
    expect(await source.read()).toHaveLength(0);
  });

  it("follows a link to an ordinary file, as clusters mount them", async () => {
    const path = join(folder, "target.json");
    writeFileSync(path, "linked");
    symlinkSync(path, join(folder, "link.json"));
    const bytes = await fileSource(join(folder, "link.json")).read();
    expect(new TextDecoder().decode(bytes)).toBe("linked");
  });

  it("says that a missing file is out of reach, and tries again when it is asked again", async () => {
    const path = join(folder, "later.json");
    const source = fileSource(path);
    await expect(source.read()).rejects.toMatchObject({ code: "ERR_BUNDLE_UNREACHABLE" });
    writeFileSync(path, "here");
    expect(await source.read()).toHaveLength(4);
  });

  it.skipIf(process.platform === "win32")(
    "refuses folders, devices and pipes without waiting",
    async () => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      for (const path of [folder, "/dev/zero", pipe]) {
        await expect(fileSource(path).read(), path).rejects.toMatchObject({
          code: "ERR_BUNDLE_UNREACHABLE",
        });
      }
    },
  );

  it("refuses a file that is too large before it reads it", async () => {
    const path = join(folder, "large.json");
    writeFileSync(path, "");
    // Sparse: it has a length and no content.
    truncateSync(path, 12_582_913);
    await expect(fileSource(path).read()).rejects.toMatchObject({ code: "ERR_BUNDLE_TOO_LARGE" });
    truncateSync(path, 12_582_912);
    expect(await fileSource(path).read()).toHaveLength(12_582_912);
  });
});
