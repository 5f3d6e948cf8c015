import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { publishedPackages } from "../package-shape/packages.ts";
import { ROOT, runNode } from "../tasks/child.ts";
import { commandsOf, wantedBy, type Command } from "./commands.ts";
import { readDocument } from "./document.ts";
import { allDocuments } from "./documents.ts";

const documents = await allDocuments();
const commands = documents.flatMap(commandsOf);
const manifest: { scripts: object; devDependencies: object } = JSON.parse(
  await readFile(join(ROOT, "package.json"), "utf8"),
);

const at = ({ path, line, words }: Command): string => `${path}:${line} ${words.join(" ")}`;

/** What the command line says to `--help`, by command; empty where there is none of that name. */
const helps = new Map<string, Promise<string>>();

function helpOf(command: string): Promise<string> {
  const known = helps.get(command);
  if (known !== undefined) return known;
  const asked = runNode("packages/cli/src/bin.ts", [...command.split(" "), "--help"]).then(
    ({ code, output }) => (code === 0 ? output : ""),
  );
  helps.set(command, asked);
  return asked;
}

/** Why nobody could type this command; `null` where everybody can. */
async function problem(command: Command): Promise<string | null> {
  const wanted = wantedBy(command);
  switch (wanted.kind) {
    case "ordinary":
      return null;
    case "unknown":
      return "is no command that these tests know";
    case "script":
      return Object.hasOwn(await scriptsOf(wanted.of), wanted.name)
        ? null
        : `no script ${wanted.name}`;
    case "file": {
      const places = [wanted.file, join(dirname(command.path), wanted.file)];
      return places.some((file) => existsSync(join(ROOT, file))) ? null : `no file ${wanted.file}`;
    }
    case "package": {
      const unknown = wanted.names.filter((name) => !installable(name));
      return unknown.length === 0
        ? null
        : `not a package of ours or of a peer: ${unknown.join(", ")}`;
    }
    case "interlatch":
      return interlatchProblem(wanted.words);
  }
}

/** The scripts of the workspace, or of the example of this name. */
async function scriptsOf(name: string | undefined): Promise<object> {
  if (name === undefined) return manifest.scripts;
  const folder = name.replace(/^@interlatch-examples\//, "examples/");
  const file = join(ROOT, folder, "package.json");
  if (!existsSync(file)) return {};
  const { scripts = {} }: { scripts?: object } = JSON.parse(await readFile(file, "utf8"));
  return scripts;
}

function installable(name: string): boolean {
  const bare = name.replace(/(?<=.)@[^/]*$/, "");
  const known = publishedPackages().map(({ manifest: { name: ours, peerDependencies = {} } }) => [
    ours,
    ...Object.keys(peerDependencies),
  ]);
  return Object.hasOwn(manifest.devDependencies, bare) || known.flat().includes(bare);
}

async function interlatchProblem(words: readonly string[]): Promise<string | null> {
  const [first = "", second] = words;
  if (first.startsWith("-")) return null;
  const isLonger = ["trust", "schema", "tools", "status"].includes(first);
  const command = isLonger && second !== undefined ? `${first} ${second}` : first;
  const help = await helpOf(command);
  if (help === "") return `no command ${command}`;
  // What follows a bare `--` is somebody else's.
  const own = words.slice(0, words.includes("--") ? words.indexOf("--") : undefined);
  const flags = own.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split("=")[0] ?? "");
  const missing = flags.filter((flag) => !help.includes(flag));
  return missing.length === 0 ? null : `${command} has no ${missing.join(", ")}`;
}

describe("what documents tell people to type is there", () => {
  it("they tell them the two commands", () => {
    const typed = commands.map(({ words }) => words.join(" "));
    expect(typed).toContain("npx -y pnpm@12 demo");
    expect(typed).toContain("npx -y pnpm@12 test");
  });

  it.each(documents)(
    "$path",
    async (document) => {
      const problems = await Promise.all(
        commandsOf(document).map(async (command) => {
          const found = await problem(command);
          return found === null ? [] : [`${at(command)}: ${found}`];
        }),
      );
      expect(problems.flat()).toEqual([]);
    },
    60_000,
  );

  it("finds what is not there", async () => {
    const text =
      "```sh\nnpx -y pnpm@12 nothing\nnode none.ts # a comment\nnpm install left\nwget x\ncd y && frob\n```\n";
    const found = await Promise.all(commandsOf(readDocument("planted.md", text)).map(problem));
    expect(found.map((one) => one?.split(" ")[0] ?? null)).toEqual([
      "no",
      "no",
      "not",
      "is",
      null,
      "is",
    ]);
  });
});
