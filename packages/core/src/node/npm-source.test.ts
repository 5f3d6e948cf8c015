import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { npmSource } from "./npm-source.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "interlatch-npm-"));
  put("secret.json", "not the package's");
  install("@acme/policy", { interlatch: { bundle: "bundles/p-1.bundle.json" } });
  put("node_modules/@acme/policy/bundles/p-1.bundle.json", "one");
  put("node_modules/@acme/policy/p-2.bundle.json", "two");
  mkdirSync(join(root, "apps/web"), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
function install(name: string, manifest: object): void {
  put(`node_modules/${name}/package.json`, JSON.stringify({ name, ...manifest }));
}
const read = async (name: string, file?: string): Promise<string> => {
  const from = join(root, "apps/web");
  const bytes = await npmSource(name, file === undefined ? { from } : { from, file }).read();
  return Buffer.from(bytes).toString();
};

describe("npmSource", () => {
  it("reads what the package names, or what the host names, found as an import would find it", async () => {
    expect(await read("@acme/policy")).toBe("one");
    expect(await read("@acme/policy", "p-2.bundle.json")).toBe("two");
    expect(npmSource("@acme/policy").name).toBe("npm:@acme/policy");
  });

  it("follows the links of package managers, and none that leads out of the package", async () => {
    put("store/linked/package.json", JSON.stringify({ interlatch: { bundle: "b.json" } }));
    put("store/linked/b.json", "linked");
    symlinkSync(join(root, "store/linked"), join(root, "node_modules/linked"));
    expect(await read("linked")).toBe("linked");

    install("leads-out", { interlatch: { bundle: "out.json" } });
    symlinkSync(join(root, "secret.json"), join(root, "node_modules/leads-out/out.json"));
    install("climbs", { interlatch: { bundle: "../../secret.json" } });
    install("absolute", { interlatch: { bundle: join(root, "secret.json") } });
    for (const name of ["leads-out", "climbs", "absolute"]) {
      await expect(read(name)).rejects.toThrow("lies outside it");
    }
  });

  it("is out of reach where nothing is installed or named", async () => {
    install("names-none", {});
    install("names-a-number", { interlatch: { bundle: 5 } });
    put("node_modules/broken/package.json", "{");
    install("misses-it", { interlatch: { bundle: "gone.json" } });
    for (const name of ["absent", "names-none", "names-a-number", "broken", "misses-it"]) {
      await expect(read(name), name).rejects.toMatchObject({ code: "ERR_BUNDLE_UNREACHABLE" });
    }
  });

  it.each(["..", "../policy", "/etc", "@acme", "a/b/c", "", "A"])("refuses the name %j", (name) => {
    expect(() => npmSource(name)).toThrow(expect.objectContaining({ code: "ERR_OPTIONS" }));
  });
});
