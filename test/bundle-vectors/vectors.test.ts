import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ERROR_CODES } from "@interlatch/core";
import { verifies } from "../verifies.ts";
import { bundleFile } from "./bundles.ts";
import { BUNDLE_VECTORS, type BundleFile, fileText, type RootFile } from "./file.ts";
import { vectorKeys } from "./keys.ts";
import { rootFile } from "./roots.ts";
import { loadBundle, openRoot } from "./run.ts";

const read = (name: string): Promise<string> => readFile(join(BUNDLE_VECTORS, name), "utf8");

describe("the published vectors of signed documents", async () => {
  const [rootText, bundleText] = [await read("roots.json"), await read("bundles.json")];
  // Their shape is checked below, by the published schema.
  const roots = JSON.parse(rootText) as RootFile;
  const bundles = JSON.parse(bundleText) as BundleFile;

  verifies("vectors.roots", "of trust roots get what they demand", async () => {
    expect(roots.vectors.length).toBeGreaterThanOrEqual(27);
    for (const vector of roots.vectors) {
      expect(await openRoot(vector), vector.id).toEqual(vector.expect);
    }
  });

  verifies("vectors.bundles", "of bundles get what they demand", async () => {
    expect(bundles.vectors.length).toBeGreaterThanOrEqual(80);
    for (const vector of bundles.vectors) {
      expect(await loadBundle(bundles, vector), vector.id).toEqual(vector.expect);
    }
  });

  verifies(
    "vectors.bundles-again",
    "come out the same, byte for byte, when written anew",
    async () => {
      const keys = await vectorKeys();
      const hint = "run test/tasks/bundle-vectors.ts";
      expect(fileText(await rootFile(keys)) === rootText, hint).toBe(true);
      expect(fileText(await bundleFile(keys)) === bundleText, hint).toBe(true);
    },
  );

  it("fit their schema, and a field more does not", async () => {
    const path = join(BUNDLE_VECTORS, "../schema/bundle-vectors.schema.json");
    const schema = z.fromJSONSchema(JSON.parse(await readFile(path, "utf8")));
    for (const file of [roots, bundles]) {
      expect(schema.safeParse(file).error).toBeUndefined();
      expect(schema.safeParse({ ...file, more: 1 }).success).toBe(false);
      const [first] = file.vectors;
      for (const wrong of [{ more: 1 }, { expect: {} }, { expect: { refused: "no" } }]) {
        const vectors = [{ ...first, ...wrong }];
        expect(schema.safeParse({ ...file, vectors }).success, JSON.stringify(wrong)).toBe(false);
      }
    }
  });

  it("have each id once, and every code that a verifier of a bundle can give", async () => {
    const readme = await read("README.md");
    const codes = new Set<string>();
    for (const { vectors } of [roots, bundles]) {
      expect(new Set(vectors.map(({ id }) => id)).size).toBe(vectors.length);
      for (const { expect: demanded } of vectors) {
        if ("refused" in demanded) codes.add(demanded.refused);
      }
    }
    // A source that brings nothing, and what a status says.
    const elsewhere = ["ERR_BUNDLE_UNREACHABLE", "ERR_BUNDLE_REVOKED", "ERR_BUNDLE_NOT_CURRENT"];
    const asked = ERROR_CODES.filter((code) => /^ERR_(BUNDLE|TRUST)_/.test(code));
    expect(asked.filter((code) => !codes.has(code)).toSorted()).toEqual(elsewhere.toSorted());
    for (const code of codes) expect(readme).toContain(`\`${code}\``);
  });
});
