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

let folder: string;
let errors: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  // Three folders deep, see TO_ROOT; ignored by git and by every tool.
  await mkdir(join(ROOT, ".interlatch/docs"), { recursive: true });
  folder = await mkdtemp(join(ROOT, ".interlatch/docs/run-"));
  errors = await compileAll([...programs, ...examples], folder);
}, 120_000);

afterAll(async () => rm(folder, { recursive: true, force: true }));

it("every document has its programs under a name of their own", () => {
  const names = [...programs, ...examples].map(({ name }) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(new Set(names).size).toBe(names.length);
});

describe("the code in documents compiles as the tests of this workspace do", () => {
  it.each(programs)("$name", ({ name }) => expect(errors.get(name)).toEqual([]));
});

describe("the examples in comments compile", () => {
  it.each(examples)("$name", ({ name }) => expect(errors.get(name)).toEqual([]));
});

describe("the code in documents runs, and prints what the document says", () => {
  const run = programs.filter(({ notRun }) => notRun === null);
  it.concurrent.each(run)(
    "$name",
    async (program) => {
      const { code, stdout, stderr } = await runProgramFile(fileOf(folder, program));
      expect(code, `${program.path} ends with code ${code}\n${stdout}${stderr}`).toBe(0);
      for (const { text, line } of program.prints) {
        expect(stdout + stderr, `${program.path}:${line} shows other output`).toContain(text);
      }
    },
    90_000,
  );
});
