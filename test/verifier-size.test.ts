import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { expect } from "vitest";
import { ROOT } from "./tasks/child.ts";
import { verifies } from "./verifies.ts";

/** What somebody would take out who wants to verify documents and decide nothing. */
const VERIFIER = `
export { verifyBundle } from "./bundle/load.ts";
export { openTrustRoot } from "./trust/root.ts";
`;

/**
 * What is not counted: whether a policy means something is the engine's question, and what follows a pinned root loads
 * where later ones are (0.7 KB).
 */
const withoutOtherParts: Plugin = {
  name: "without other parts",
  setup: ({ onResolve }) => {
    const others = /(?:policy\/validate-policy|parts\/load|later-roots)\.ts$/;
    onResolve({ filter: others }, ({ path }) => ({
      path,
      external: true,
    }));
  },
};

verifies(
  "verify.size",
  "what verifies a bundle is 8 KB, and takes nothing from any package",
  async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: VERIFIER, resolveDir: join(ROOT, "packages/core/src") },
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "neutral",
      plugins: [withoutOtherParts],
    });
    const [file] = outputFiles;
    expect(gzipSync(file?.contents ?? "").length / 1_024).toBeLessThanOrEqual(8);
    // All of it, and not an empty file.
    const outputs = Object.values(metafile.outputs);
    const inputs = outputs.flatMap(({ inputs: parts }) =>
      Object.keys(parts).filter((path) => (parts[path]?.bytesInOutput ?? 0) > 0),
    );
    for (const part of ["trust/signers.ts", "trust/verifier.ts", "bundle/strict-json.ts"]) {
      expect(inputs).toContain(`packages/core/src/${part}`);
    }
    expect(inputs.filter((path) => path.includes("node_modules"))).toEqual([]);
    const imported = outputs.flatMap(({ imports }) => imports);
    expect([...new Set(imported.map(({ path }) => path))].toSorted()).toEqual([
      "../parts/load.ts",
      "../policy/validate-policy.ts",
      "./later-roots.ts",
    ]);
  },
);
