import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../tasks/child.ts";
import { compileAll, fileOf } from "./compile.ts";
import { allDocuments, allSources } from "./documents.ts";
import { examplesOf } from "./examples.ts";
import { programsOf, type Setups } from "./program.ts";
import { runProgramFile } from "./run.ts";

const setups = await readSetups();
const documents = await allDocuments();
const programs = documents.flatMap((document) => programsOf(document, setups));
const examples = (await allSources()).flatMap(examplesOf);

async function readSetups(): Promise<Setups> {
  const folder = join(ROOT, "test/docs/setup");
  const files = await readdir(folder);
  const read = files.map(async (file) => {
    const text = await readFile(join(folder, file), "utf8");
    return [file.replace(/\.ts$/, ""), { path: `test/docs/setup/${file}`, text }] as const;
  });
  return new Map(await Promise.all(read));
}

const homes = [...new Set([...programs, ...examples].map(({ home }) => home))];
const folders = new Map<string, string>();
const errors = new Map<string, readonly string[]>();

/** Writes and compiles the programs that see the packages of one folder. */
async function prepare(home: string): Promise<void> {
  // The root's are three folders deep, see TO_ROOT; ignored by git and by every tool.
  const place = join(ROOT, home, ".interlatch/docs");
  await mkdir(place, { recursive: true });
  const folder = await mkdtemp(join(place, "run-"));
  folders.set(home, folder);
  const here = [...programs, ...examples].filter((program) => program.home === home);
  for (const [name, found] of await compileAll(here, folder)) errors.set(name, found);
}

beforeAll(() => Promise.all(homes.map(prepare)), 120_000);

afterAll(() =>
  Promise.all([...folders.values()].map((folder) => rm(folder, { recursive: true, force: true }))),
);

it("every document has its programs under a name of their own", () => {
  const names = [...programs, ...examples].map(({ name }) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(new Set(names).size).toBe(names.length);
});

describe("the code in documents compiles as the tests of this workspace do", () => {
  const checked = programs.filter(({ notChecked }) => notChecked === null);
  it.each(checked)("$name", ({ name }) => expect(errors.get(name)).toEqual([]));
});

describe("the examples in comments compile", () => {
  it.each(examples)("$name", ({ name }) => expect(errors.get(name)).toEqual([]));
});

describe("the code in documents runs, and prints what the document says", () => {
  const run = programs.filter(({ notRun }) => notRun === null);
  it.concurrent.each(run)(
    "$name",
    async (program) => {
      const { code, stdout, stderr } = await runProgramFile(
        fileOf(folders.get(program.home) ?? "", program),
      );
      expect(code, `${program.path} ends with code ${code}\n${stdout}${stderr}`).toBe(0);
      for (const { text, line } of program.prints) {
        expect(stdout + stderr, `${program.path}:${line} shows other output`).toContain(text);
      }
    },
    90_000,
  );
});
