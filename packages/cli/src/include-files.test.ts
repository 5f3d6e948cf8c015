import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { project, workplace, type Workplace } from "../../../test/cli/command-line.ts";
import { verifies } from "../../../test/verifies.ts";

const HEAD = "interlatch: 1\n";
const TOOLS = `${HEAD}tools: { t: { operation: read, data: public, arguments: { type: object } } }\n`;

/** A policy whose tools stand in a file of their own. */
function divided(): Workplace {
  const place = workplace();
  place.write(
    "policy.yaml",
    `${HEAD}id: a\ninclude: parts\nrules: [{ name: r, tool: t, action: allow }]\n`,
  );
  place.write("parts/tools.yaml", TOOLS);
  return place;
}

describe("include, on the command line", () => {
  it("is followed, and every file is named", async () => {
    const { json } = divided();
    const { code, document } = await json(["check", "policy.yaml"]);
    expect(document).toMatchObject({
      ok: true,
      files: ["policy.yaml", "parts/tools.yaml"],
      tools: 1,
    });
    expect(code).toBe(0);
  });

  it("names the place of a mistake in an included file", async () => {
    const { run, edit } = divided();
    edit("parts/tools.yaml", "operation: read", "operaton: read");
    const { code, stdout } = await run(["check", "policy.yaml"]);
    expect(stdout).toMatch(/^parts\/tools\.yaml:2:15 error unknown_key\n/);
    expect(code).toBe(1);
  });

  it("reads a folder that is named on the command line or in the config", async () => {
    const place = divided();
    place.write("parts/more.yaml", `${HEAD}rules: [{ name: s, tool: t, action: deny }]\n`);
    const { document } = await place.json(["check", "policy.yaml", "parts"]);
    expect(document).toMatchObject({
      ok: true,
      files: ["policy.yaml", "parts/more.yaml", "parts/tools.yaml"],
    });
    place.write("interlatch.config.json", JSON.stringify({ policy: ["."] }));
    expect((await place.json(["check"])).document).toMatchObject({
      ok: true,
      files: ["policy.yaml", "parts/more.yaml", "parts/tools.yaml"],
    });
  });

  it.each([
    ["a file", "secret.yaml"],
    ["a folder", "."],
  ])("refuses a link to %s outside of the policy's folder", async (_what, target) => {
    const { run, write, path } = workplace();
    write("outside/secret.yaml", TOOLS);
    write("inside/policy.yaml", `${HEAD}id: a\ninclude: link\n`);
    symlinkSync(path("outside", target), path("inside", "link"));
    const { code, stdout } = await run(["check", "policy.yaml"], { cwd: path("inside") });
    expect(stdout).toContain("policy.yaml:3:10 error bad_include");
    expect(stdout).toContain("link is a link that leads out of the policy's folder.");
    expect(code).toBe(1);
  });

  verifies("include.inside", "refuses a link in a folder that it includes", async () => {
    const { run, write, path } = workplace();
    write("outside/secret.yaml", TOOLS);
    write("inside/policy.yaml", `${HEAD}id: a\ninclude: parts\n`);
    mkdirSync(path("inside", "parts"));
    symlinkSync(path("outside", "secret.yaml"), path("inside", "parts", "a.yaml"));
    const { stdout } = await run(["check", "policy.yaml"], { cwd: path("inside") });
    expect(stdout).toContain("parts/a.yaml is a link that leads out of the policy's folder.");
  });

  verifies("include.once", "takes a file once that two links lead to", async () => {
    const { json, edit, path } = divided();
    symlinkSync(path("parts", "tools.yaml"), path("again.yaml"));
    edit("policy.yaml", "include: parts", "include: [parts, again.yaml]");
    const { document } = await json(["check", "policy.yaml"]);
    expect(document).toMatchObject({ ok: true, files: ["policy.yaml", "parts/tools.yaml"] });
  });

  it("says at the entry what cannot be read", async () => {
    const { run, path } = divided();
    rmSync(path("parts"), { recursive: true });
    const { code, stdout } = await run(["check", "policy.yaml"]);
    expect(stdout).toContain("policy.yaml:3:10 error bad_include");
    expect(stdout).toContain("parts cannot be read: there is no such file or folder.");
    expect(code).toBe(1);
  });

  it("lists every file in the bundle, and is tested and built like one file", async () => {
    const place = await project();
    const text = place.read("policy.yaml");
    const at = text.indexOf("\nrules:");
    place.write("policy.yaml", `${text.slice(0, at)}\ninclude: rules/all.yaml\n`);
    place.write("rules/all.yaml", `${HEAD}${text.slice(at)}`);
    expect((await place.run(["test"])).code).toBe(0);
    expect((await place.run(["build"])).code).toBe(0);
    const payload = JSON.parse(place.read("shop-1.payload.json"));
    expect(payload.sources.map((source: { path: string }) => source.path)).toEqual([
      "policy.yaml",
      "rules/all.yaml",
    ]);
  });
});
