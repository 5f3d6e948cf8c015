import { describe, expect, it } from "vitest";
import { compilePolicy } from "../compile.ts";
import { followIncludes, type ReadInclude } from "./follow.ts";
import { verifies } from "../../../../test/verifies.ts";

type Tree = Readonly<Record<string, string>>;

const HEAD = "interlatch: 1\n";

/** Files in memory: a path with files below it is a folder. */
function reader(tree: Tree): ReadInclude & { readonly asked: string[] } {
  const asked: string[] = [];
  const read: ReadInclude = async (path) => {
    asked.push(path);
    const text = tree[path];
    if (text !== undefined) return { kind: "file", identity: path, text };
    const before = path === "." ? "" : `${path}/`;
    const below = Object.keys(tree).filter((name) => name.startsWith(before));
    const names = [...new Set(below.map((name) => name.slice(before.length).split("/")[0] ?? ""))];
    return names.length > 0
      ? { kind: "folder", names: names.toReversed() }
      : { kind: "refused", refused: `There is no ${path}.` };
  };
  return Object.assign(read, { asked });
}

async function pathsOf(tree: Tree, starts = ["policy.yaml"]): Promise<readonly string[]> {
  const files = starts.map((path) => ({ path, text: tree[path] ?? "" }));
  return (await followIncludes(files, reader(tree))).map(({ path }) => path);
}

async function errorsOf(tree: Tree, start = "policy.yaml"): Promise<readonly string[]> {
  const files = await followIncludes([{ path: start, text: tree[start] ?? "" }], reader(tree));
  const result = await compilePolicy({ files });
  return result.ok
    ? []
    : result.errors.map(
        (one) => `${one.file}:${one.line}:${one.column} ${one.code} ${one.message}`,
      );
}

describe("include", () => {
  it("takes in files and folders, each file before what it includes", async () => {
    const tree = {
      "policy.yaml": `${HEAD}include: [rules/mail.yaml, shared]\n`,
      "rules/mail.yaml": `${HEAD}include: ../shared/a.yaml\n`,
      "shared/a.yaml": HEAD,
      "shared/b.yml": HEAD,
      "shared/deep/c.yaml": HEAD,
      "shared/a.test.yaml": "cases: []\n",
      "shared/.hidden.yaml": HEAD,
      "shared/notes.md": "",
    };
    expect(await pathsOf(tree)).toEqual([
      "policy.yaml",
      "rules/mail.yaml",
      "shared/a.yaml",
      "shared/b.yml",
    ]);
  });

  verifies(
    "include.once",
    "takes a file once, however often and in whatever circle it is reached",
    async () => {
      const tree = {
        "policy.yaml": `${HEAD}include: [a.yaml, ./a.yaml, .]\n`,
        "a.yaml": `${HEAD}include: [b.yaml, policy.yaml]\n`,
        "b.yaml": `${HEAD}include: [a.yaml, b.yaml]\n`,
      };
      expect(await pathsOf(tree)).toEqual(["policy.yaml", "a.yaml", "b.yaml"]);
      expect(await pathsOf(tree, ["policy.yaml", "b.yaml"])).toEqual([
        "policy.yaml",
        "a.yaml",
        "b.yaml",
      ]);
    },
  );

  it("knows a file by its identity and not by the path that leads to it", async () => {
    const text = `${HEAD}id: x\n`;
    const read: ReadInclude = async () => ({ kind: "file", identity: "/real/a.yaml", text });
    const start = { path: "a.yaml", text: `${text}include: link.yaml\n`, identity: "/real/a.yaml" };
    const files = await followIncludes([start], read);
    expect(files.map(({ path }) => path)).toEqual(["a.yaml"]);
    expect((await compilePolicy({ files })).ok).toBe(true);
  });

  it.each([
    ["../outside.yaml", "`../outside.yaml` leads out of the policy's folder."],
    ["a/../../b.yaml", "`a/../../b.yaml` leads out of the policy's folder."],
    ["/etc/passwd", "`/etc/passwd` is no path relative to this file."],
    ["C:/policy.yaml", "`C:/policy.yaml` is no path relative to this file."],
    ["https://acme.test/p.yaml", "`https://acme.test/p.yaml` is no path relative to this file."],
    ["~/p.yaml", "`~/p.yaml` is no path relative to this file."],
    ["a\\b.yaml", "`a\\b.yaml` holds a backslash; folders are separated by `/`."],
    ["rules/*.yaml", "`rules/*.yaml` is a pattern; name files, or the folder that holds them."],
    ["none.yaml", "There is no none.yaml."],
    ["empty", "The folder `empty` holds no file of a policy (`*.yaml`, `*.yml`)."],
  ])("refuses %s where it is written", async (entry, message) => {
    const tree = {
      "policy.yaml": `${HEAD}id: x\ninclude:\n  - ok.yaml\n  - '${entry}'\n`,
      "ok.yaml": HEAD,
      "empty/x.test.yaml": "",
    };
    expect(await errorsOf(tree)).toEqual([`policy.yaml:5:5 bad_include ${message}`]);
  });

  verifies(
    "include.inside",
    "never leaves the folder of a file that lies outside of where paths start",
    async () => {
      const tree = {
        "../other/p.yaml": `${HEAD}id: x\ninclude: [ok.yaml, ../secret.yaml]\n`,
        "../other/ok.yaml": HEAD,
        "../secret.yaml": HEAD,
      };
      const message = "`../secret.yaml` leads out of the policy's folder.";
      expect(await errorsOf(tree, "../other/p.yaml")).toEqual([
        `../other/p.yaml:3:20 bad_include ${message}`,
      ]);
    },
  );

  verifies(
    "include.whole",
    "is an error where nobody followed it, and says nothing of names that may be in it",
    async () => {
      const text = `${HEAD}id: x\ninclude: more.yaml\nrules: [{ name: r, tool: t, when: known, action: allow }]\n`;
      const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
      expect(result.ok ? [] : result.errors.map(({ code, line }) => [code, line])).toEqual([
        ["bad_include", 3],
      ]);
    },
  );

  verifies("include.whole", "is an error where the files it led to are not all given", async () => {
    const tree = { "policy.yaml": `${HEAD}id: x\ninclude: a.yaml\n`, "a.yaml": HEAD };
    const [first] = await followIncludes(
      [{ path: "policy.yaml", text: tree["policy.yaml"] }],
      reader(tree),
    );
    if (first === undefined) throw new Error("no file");
    const result = await compilePolicy({ files: [first] });
    expect(result.ok ? [] : result.errors.map(({ code }) => code)).toEqual(["bad_include"]);
  });

  it("merges by union: a restrictive rule of any file counts, a second definition names both places", async () => {
    const tree = {
      "policy.yaml": `${HEAD}id: x\ninclude: more\ntools: { t: { operation: read } }\nrules: [{ name: r, tool: t, action: allow }]\n`,
      "more/a.yaml": `${HEAD}rules: [{ name: never, tool: t, when: late, action: deny }]\n`,
      "more/b.yaml": `${HEAD}define: { late: request.time > timestamp("2026-01-01T00:00:00Z") }\n`,
    };
    const files = await followIncludes(
      [{ path: "policy.yaml", text: tree["policy.yaml"] }],
      reader(tree),
    );
    const result = await compilePolicy({ files });
    if (!result.ok) throw new Error(result.errors[0]?.message);
    expect(result.policy.rules.map(({ name, at }) => [name, at.file])).toEqual([
      ["r", "policy.yaml"],
      ["never", "more/a.yaml"],
    ]);
    const twice = {
      ...tree,
      "more/c.yaml": `${HEAD}id: y\ntools: { t: { operation: read } }\nrules: [{ name: never, tool: t, action: allow }]\n`,
    };
    expect(await errorsOf(twice)).toEqual([
      "more/c.yaml:2:1 duplicate_name `id` is defined a second time; the first is in policy.yaml:2.",
      "more/c.yaml:3:10 duplicate_name `t` (`tools`) is defined a second time; the first is in policy.yaml:4.",
      expect.stringMatching(/^more\/c\.yaml:4:\d+ duplicate_name .*never.* more\/a\.yaml:2\.$/),
    ]);
  });

  it("has bounds: 1,000 files and 16 MiB in all", async () => {
    const chain: ReadInclude = async (path) => {
      const next = Number(path.slice(1, -5)) + 1;
      return { kind: "file", identity: path, text: `${HEAD}include: f${next}.yaml\n` };
    };
    const start = { path: "policy.yaml", text: `${HEAD}include: f1.yaml\n` };
    const many = await followIncludes([start], chain);
    expect(many).toHaveLength(1_000);
    expect([...(many.at(-1)?.includes?.values() ?? [])]).toEqual([
      { refused: "A policy has at most 1000 files; this is one more." },
    ]);
    const large: ReadInclude = async (path) => ({
      kind: "file",
      identity: path,
      text: "#".repeat(1 << 20),
    });
    const entries = Array.from({ length: 20 }, (_, index) => `f${index}.yaml`).join(", ");
    const files = await followIncludes(
      [{ path: "policy.yaml", text: `${HEAD}id: x\ninclude: [${entries}]\n` }],
      large,
    );
    expect(files).toHaveLength(16);
    const refused = [...(files[0]?.includes?.values() ?? [])].at(-1);
    expect(refused).toEqual({
      refused: "With `f19.yaml` the files of the policy are larger than 16 MiB.",
    });
  });
});
