import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { run, type Io } from "@interlatch/cli";

/** The clock of the tests, epoch milliseconds. */
export const NOW: number = Date.parse("2026-03-01T12:00:00Z");

/** What a command line came to. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which command lines are run without a process. */
export interface Workplace {
  readonly folder: string;
  /** Runs a command line; options replace parts of the surroundings. */
  run(argv: readonly string[], io?: Partial<Io> & { readonly isTTY?: boolean }): Promise<Ran>;
  /** As `run` with `--json`: what standard output holds must be one JSON document. */
  json(argv: readonly string[], io?: Partial<Io>): Promise<Ran & { readonly document: Document }>;
  path(...names: readonly string[]): string;
  read(name: string): string;
  write(name: string, text: string): void;
  /** Replaces a part of a file, which must be there. */
  edit(name: string, before: string, after: string): void;
}

/** A document of a command, of any shape: tests say what they expect in it. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Document = any;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, gone after the tests of the file. */
export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "interlatch-cli-"));
  folders.push(folder);
  const path = (...names: readonly string[]): string => join(folder, ...names);
  const place: Workplace = {
    folder,
    path,
    read: (name) => readFileSync(path(name), "utf8"),
    write: (name, text) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
    },
    edit: (name, before, after) => {
      const text = place.read(name);
      if (!text.includes(before)) throw new Error(`${name} does not hold: ${before}`);
      place.write(name, text.replaceAll(before, after));
    },
    run: async (argv, { isTTY = false, ...io } = {}) => {
      const printed = { stdout: "", stderr: "" };
      const stream = (name: keyof typeof printed): Io["stdout"] => ({
        isTTY,
        write: (text) => {
          printed[name] += text;
        },
      });
      const code = await run(argv, {
        stdout: stream("stdout"),
        stderr: stream("stderr"),
        env: {},
        cwd: folder,
        now: () => NOW,
        ...io,
      });
      return { code, ...printed };
    },
    json: async (argv, io) => {
      const ran = await place.run([...argv, "--json"], io);
      return { ...ran, document: JSON.parse(ran.stdout) };
    },
  };
  return place;
}

/** A folder in which `init` has run. */
export async function project(): Promise<Workplace & { readonly pin: string }> {
  const place = workplace();
  const { code, document, stderr } = await place.json(["init"]);
  if (code !== 0) throw new Error(stderr);
  // The folder's name is random; the tests call the policy by a name of its own.
  place.edit("policy.yaml", `id: ${document.id}`, "id: shop");
  return { ...place, pin: document.pin };
}

/** A folder in which a bundle was signed: `shop-1.bundle.json`. */
export async function signedProject(): Promise<Workplace & { readonly pin: string }> {
  const place = await project();
  const key = ".interlatch/keys/bundle.pem";
  for (const argv of [["build"], ["sign", "shop-1.payload.json", "--key", key]]) {
    const { code, stderr } = await place.run(argv);
    if (code !== 0) throw new Error(stderr);
  }
  return place;
}
