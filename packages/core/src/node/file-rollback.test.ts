import { execFile } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { threadId } from "node:worker_threads";
import { testRollbackStore } from "@interlatch/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileRollback } from "./file-rollback.ts";

let folder = "";
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-rollback-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function freshPath(): string {
  count += 1;
  return join(folder, String(count), "rollback.json");
}

function entry(
  version: number,
  letter = "a",
): { readonly version: number; readonly digest: string } {
  return { version, digest: letter.repeat(64) };
}

/** A process number that was in use and no longer is. */
async function deadPid(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ["-p", "process.pid"]);
  return Number(stdout);
}

const state = () => {
  const path = freshPath();
  return () => fileRollback(path);
};
testRollbackStore({ name: "a file", state }, { describe, expect, it });

describe("fileRollback", () => {
  it("remembers across instances and never goes back", async () => {
    const path = freshPath();
    expect(await fileRollback(path).get("root")).toBeUndefined();
    expect(await fileRollback(path).advance("root", entry(3))).toEqual(entry(3));
    expect(await fileRollback(path).advance("root", entry(2, "b"))).toEqual(entry(3));
    expect(await fileRollback(path).advance("root", entry(3, "c"))).toEqual(entry(3));
    expect(await fileRollback(path).advance("bundle:a#prod", entry(1, "d"))).toEqual(entry(1, "d"));
    expect(await fileRollback(path).get("root")).toEqual(entry(3));
    expect(await fileRollback(path).get("bundle:a#prod")).toEqual(entry(1, "d"));
  });

  it("leaves nothing but its file behind, for its owner alone", async () => {
    const path = freshPath();
    await fileRollback(path).advance("root", entry(1));
    await fileRollback(path).advance("root", entry(2));
    expect(readdirSync(join(path, ".."))).toEqual(["rollback.json"]);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("does not take an inherited name for an entry", async () => {
    const path = freshPath();
    const store = fileRollback(path);
    expect(await store.get("constructor")).toBeUndefined();
    await store.advance("constructor", entry(1));
    expect(await store.get("constructor")).toEqual(entry(1));
    expect(await store.get("toString")).toBeUndefined();
  });

  it("never takes a damaged file for a fresh start", async () => {
    const path = freshPath();
    await fileRollback(path).advance("root", entry(5));
    const good = readFileSync(path, "utf8");
    const damaged = [
      "",
      "{}",
      "[]",
      good.slice(0, 40),
      good.replace('"version": 5', '"version": "5"'),
      good.replace('"version": 5', '"version": 5, "version": 1'),
      good.replace("aaaa", "AAAA"),
      good.replace('"format": 1', '"format": 2'),
      good.replace('"format": 1', '"format": 1, "seen": "1"'),
      good.replace('"format": 1', '"format": 1, "note": 1'),
      `${good}{}`,
      "\0".repeat(good.length),
    ];
    for (const text of damaged) {
      writeFileSync(path, text);
      const refusal = { code: "ERR_ROLLBACK_STATE" };
      await expect(fileRollback(path).get("root"), text).rejects.toMatchObject(refusal);
      await expect(fileRollback(path).advance("root", entry(6)), text).rejects.toMatchObject(
        refusal,
      );
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });

  it("takes only a missing file for a fresh start, and no other failure to read", async () => {
    await expect(fileRollback(folder).get("root")).rejects.toMatchObject({
      code: "ERR_ROLLBACK_STATE",
    });
  });

  it("says so when the file cannot be kept", async () => {
    const path = join(freshPath(), "..");
    await fileRollback(join(path, "sub", "x.json")).advance("root", entry(1));
    const impossible = fileRollback(join(path, "sub", "x.json", "y.json"));
    const refusal = { code: "ERR_ROLLBACK_STATE" };
    await expect(impossible.advance("root", entry(1))).rejects.toMatchObject(refusal);
  });

  it("lets one of two contents win when many write at once", async () => {
    const path = freshPath();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        fileRollback(path).advance("root", entry(1, index % 2 === 0 ? "a" : "b")),
      ),
    );
    expect(new Set(answers.map(({ digest }) => digest)).size).toBe(1);
  });

  it("loses no entry when several processes write at once", async () => {
    const path = freshPath();
    const module = JSON.stringify(new URL("./file-rollback.ts", import.meta.url).href);
    const script = `
      const { fileRollback } = await import(${module});
      const store = fileRollback(${JSON.stringify(path)});
      const digest = process.argv[1].repeat(64);
      const kept = [];
      for (let version = 1; version <= 10; version += 1) {
        kept.push((await store.advance("shared", { version, digest })).digest);
        await store.advance("own-" + process.argv[1], { version, digest });
      }
      console.log(JSON.stringify(kept));
    `;
    const run = promisify(execFile);
    const letters = ["a", "b", "c"];
    const argumentsOf = (letter: string): string[] => ["--input-type=module", "-e", script, letter];
    const outputs = await Promise.all(
      letters.map((letter) => run(process.execPath, argumentsOf(letter))),
    );
    expect(outputs).toHaveLength(3);
    for (const letter of letters) {
      expect(await fileRollback(path).get(`own-${letter}`)).toEqual(entry(10, letter));
    }
    expect(await fileRollback(path).get("shared")).toMatchObject({ version: 10 });
  }, 30_000);

  it("takes away the lock of a process that died", async () => {
    const path = freshPath();
    await fileRollback(path).advance("root", entry(1));
    const holders = [
      { host: hostname(), pid: await deadPid(), thread: 0, token: "x" },
      // An earlier life of this container: the same number, and a token nobody here holds.
      { host: hostname(), pid: process.pid, thread: threadId, token: "x" },
    ];
    for (const [index, holder] of holders.entries()) {
      writeFileSync(`${path}.lock`, JSON.stringify(holder));
      expect(await fileRollback(path).advance("root", entry(index + 2))).toEqual(entry(index + 2));
      expect(existsSync(`${path}.lock`)).toBe(false);
    }
  });
});
