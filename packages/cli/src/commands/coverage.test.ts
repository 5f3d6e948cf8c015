import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { type Workplace, workplace } from "../../../../test/cli/command-line.ts";
import { verifies } from "../../../../test/verifies.ts";

const PACKAGES = fileURLToPath(new URL("../../..", import.meta.url));
const source = (name: string): string => JSON.stringify(join(PACKAGES, name));
/** The program runs on the sources, as this test does. */
const env = { NODE_OPTIONS: "--conditions=@interlatch/source", PATH: process.env["PATH"] };

/** A program with a signed bundle of its own, as `init` and `sign` make it. */
async function app(text: string): Promise<Workplace> {
  const place = workplace();
  const now = Date.now;
  const { document } = await place.json(["init"], { now });
  place.write(
    "policy.yaml",
    `interlatch: 1\nid: ${document.id}\ntools: { look: { default: allow }, shut: {} }\n`,
  );
  place.write(
    "policy.test.yaml",
    "cases: [{ name: a, agent: { id: a }, call: { tool: shut }, expect: { effect: deny } }]\n",
  );
  for (const argv of [
    ["build"],
    ["sign", `${document.id}-1.payload.json`, "--key", ".interlatch/keys/bundle.pem"],
  ]) {
    const { code, stderr } = await place.run(argv, { now });
    if (code !== 0) throw new Error(stderr);
  }
  place.write(
    "app.ts",
    `import { createGuard, fileAudit } from ${source("core/src/node/index.ts")};
import { guardAI } from ${source("ai-sdk/src/index.ts")};
const guard = await createGuard({
  bundle: "${document.id}-1.bundle.json", trust: ${JSON.stringify(document.pin)}, audience: "dev-team", audit: fileAudit(".interlatch/audit"),
});
const look = { inputSchema: { jsonSchema: {} }, execute: () => "seen" };
${text}
`,
  );
  return place;
}

describe("interlatch coverage", () => {
  verifies(
    "coverage.command",
    "tells of each tool of a program, and of the policy, whether it is enforced",
    async () => {
      const place = await app(`console.log("on standard output");
guardAI(guard, undefined).coverage({ look, web: { type: "provider", isProviderExecuted: true } });
setInterval(() => undefined, 1_000);`);
      const { code, stdout, stderr } = await place.run(["coverage", "app.ts"], { env });
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining("level runs\non standard output\n"),
      });
      expect(stdout).toBe(
        [
          "shut  not wrapped   the policy knows this tool and no adapter has wrapped it",
          "web   hidden only   the provider runs it; it can only be withheld from the model",
          "look  enforced      its execute runs through the guard",
          "1 of 3 tools enforced",
          "",
        ].join("\n"),
      );
      const { document, code: failed } = await place.json(
        ["coverage", "app.ts", "--fail-uncovered"],
        { env },
      );
      expect(failed).toBe(1);
      expect(document).toMatchObject({ guards: 1, uncovered: ["web", "shut"] });
    },
  );

  verifies(
    "coverage.closed",
    "says so where a program makes no guard, fails, or ends by itself",
    async () => {
      const place = workplace();
      place.write("none.mjs", "export {};");
      place.write("fails.mjs", "throw new Error('no database');");
      place.write("ends.mjs", "process.exit(0);");
      for (const [file, why] of [
        ["none.mjs", "made no guard"],
        ["fails.mjs", "no database"],
        ["ends.mjs", "ended its process with code 0"],
        ["missing.mjs", "cannot be imported"],
      ] as const) {
        const { code, stderr } = await place.run(["coverage", file], { env });
        expect({ code, stderr }, file).toMatchObject({
          code: 3,
          stderr: expect.stringContaining(why),
        });
      }
    },
  );
});
