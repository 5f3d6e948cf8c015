import type { Evasion } from "./evasion.ts";
import { guardOf, mustDeny, mustRun } from "./evasion.ts";

/** Paths in `/data`, for every reader. */
const INSIDE = [
  "/data",
  "/data/",
  "/data/a.txt",
  "/data/./a//b",
  "/data/x/../y",
  "//data/a",
  "/data/...",
  "/data/%41",
];

/** Paths that are not in `/data`, or are for one reader and not for another. */
const OUTSIDE: readonly unknown[] = [
  "/",
  "/database/a",
  "/data.txt",
  "/data-old/a",
  "/dat",
  "/data /a",
  "/data\u200b/a",
  "/dat\u0430/a",
  "/DATA/a",
  "/data/../etc/passwd",
  "/data/x/../../etc/passwd",
  "/data/./../etc/passwd",
  "/data//../etc/passwd",
  "/../data/../etc/passwd",
  "/data/..",
  "/data/%2e%2e/etc/passwd",
  "/data/%2E%2E/etc/passwd",
  "/data/.%2e/etc/passwd",
  "/data/..%2fetc/passwd",
  "/data%2f..%2f..%2fetc",
  "/data/%2e%2e%2fetc",
  "/%64ata/../etc/passwd",
  "/%64ata/a",
  "/data/%c0%ae%c0%ae/etc",
  "/data/%e0%80%ae/etc",
  "/data/%ff",
  "/data/%zz",
  "/data/%",
  "/data/%2",
  "/data/%u002e%u002e/etc",
  "/data\\..\\..\\etc",
  "/data/..\\etc",
  "/data/%5c..%5cetc",
  "C:\\data\\a",
  "\\\\server\\data",
  "/data/\0/../etc",
  "/data/a\0.txt",
  "/data/%00",
  "/data/~root/x",
  "/data/%7eroot/x",
  "~/data/a",
  "data/a",
  "./data/a",
  "../data/a",
  " /data/a",
  "\n/data/a",
  "//etc/passwd",
  "file:///data/a",
  "/etc/passwd#/data",
  "/etc/passwd?/data",
  "/etc/passwd\n/data/a",
  "",
  null,
  5,
  true,
  {},
  { path: "/data/a" },
  `/data/${"a/".repeat(5_000)}`,
];

/** The same two lists, asked of a condition and of a profile. */
export const pathEvasions: readonly Evasion[] = [
  {
    id: "evasion.T29",
    title: "a path cannot leave its folder by dots, encodings, or a longer name",
    run: async () => {
      const { guard } = await guardOf(`
tools: { read_file: { operation: read, resources: none } }
rules: [{ name: data, tool: read_file, when: 'under(arguments.path, "/data")', action: allow }]
`);
      for (const path of INSIDE) await mustRun(guard, "read_file", { path });
      const outside = [...OUTSIDE, ["/data"], []].map((path) => ({ path }));
      await mustDeny(guard, "read_file", [...outside, {}, { Path: "/data" }], "no_match");
    },
  },
  {
    id: "evasion.T29",
    title:
      "a path cannot leave the folders of a profile, nor turn a folder to read into one to write",
    run: async () => {
      const { guard } = await guardOf(`
agents: { any: { when: "true", tools: [read_file, write_file], paths: { /data: read, /data/out: write } } }
tools:
  read_file: { operation: read, resources: { paths: { "{arguments.path}": read } } }
  write_file: { operation: write, resources: { paths: { "{arguments.path}": write } } }
rules: [{ name: ok, tools: [read_file, write_file], action: allow }]
`);
      for (const path of INSIDE) {
        await mustRun(guard, "read_file", { path });
        await mustRun(guard, "write_file", { path: path.replace(/^\/+data/, "/data/out") });
        await mustDeny(guard, "write_file", [{ path }], "out_of_scope");
      }
      const outside = [...OUTSIDE, ["/data/a", "/etc/passwd"], [["/data"]]].map((path) => ({
        path,
      }));
      await mustDeny(guard, "read_file", [...outside, {}], "out_of_scope");
      const read = [
        "/data/out/../a",
        "/data/outer/a",
        "/data/%6fut/a",
        "/data/out/%2e%2e/a",
        "/data/out/..%2fa",
        "/data/out/x/../../a",
      ];
      await mustDeny(
        guard,
        "write_file",
        read.map((path) => ({ path })),
        "out_of_scope",
      );
    },
  },
  {
    id: "evasion.T29",
    title: "a part of a path from a call cannot lead out of the folder that stands before it",
    run: async () => {
      const { guard } = await guardOf(`
agents: { any: { when: "true", tools: [read_file], paths: { /data/reports: read } } }
tools: { read_file: { operation: read, resources: { paths: { "/data/reports/{arguments.name}": read } } } }
rules: [{ name: ok, tool: read_file, action: allow }]
`);
      for (const name of ["a.txt", "2026/a.txt", "x/../a.txt", 7])
        await mustRun(guard, "read_file", { name });
      const names: readonly unknown[] = [
        "../secret",
        "x/../../secret",
        "%2e%2e/secret",
        "..%2fsecret",
        "/../../etc",
        "..",
        "../reports-old/a",
        "~root",
        "a\0",
        "..\\x",
        "%zz",
        null,
        ["a.txt"],
        { a: 1 },
      ];
      await mustDeny(guard, "read_file", [{}, ...names.map((name) => ({ name }))], "out_of_scope");
    },
  },
  {
    id: "evasion.T29",
    title: "who decodes more than once has what shuts that as well",
    run: async () => {
      // `under` decodes one layer, as its documentation says; a policy for such a tool names the signs it takes.
      const twice = [
        "/data/%252e%252e/etc",
        "/data/%25252e%25252e/etc",
        "/data/..%252fetc",
        "/data/%252e%252e%252fetc",
      ];
      const calls = twice.map((path) => ({ path }));
      const byRule = await guardOf(`
tools: { read_file: { operation: read, resources: none } }
rules: [{ name: data, tool: read_file, when: 'under(arguments.path, "/data") && !arguments.path.contains("%")', action: allow }]
`);
      await mustRun(byRule.guard, "read_file", { path: "/data/a.txt" });
      await mustDeny(byRule.guard, "read_file", calls, "no_match");
      const bySchema = await guardOf(`
agents: { any: { when: "true", tools: [read_file], paths: { /data: read } } }
tools:
  read_file:
    operation: read
    resources: { paths: { "{arguments.path}": read } }
    arguments: { type: object, properties: { path: { type: string, pattern: "^(/[A-Za-z0-9_-][A-Za-z0-9_.-]*){1,8}$" } }, required: [path] }
rules: [{ name: ok, tool: read_file, action: allow }]
`);
      await mustRun(bySchema.guard, "read_file", { path: "/data/a.txt" });
      await mustDeny(bySchema.guard, "read_file", calls, "invalid_arguments");
      await mustDeny(bySchema.guard, "read_file", [{ path: "/etc/passwd" }], "out_of_scope");
    },
  },
];
