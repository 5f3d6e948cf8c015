import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { compilePolicy } from "@interlatch/policy";
import { build } from "esbuild";
import { BEGIN, makeSigning } from "../signed.ts";

/** The seed's two rules, and a third that asks for a pattern. */
const POLICY = `interlatch: 1
id: size
tools:
  read_file: { operation: read, data: sensitive, batch: { argument: size }, arguments: { type: object, properties: { size: { type: integer, minimum: 1 } }, required: [size] } }
  call_api: { operation: egress, data: public }
rules:
  - name: data_export_protection
    tool: [read_file]
    conditions: ['agent.role != "admin"', 'data_type == "sensitive"', arguments.size > 1000]
    action: human_review
    max_batch_size: 100
  - name: api_rate_limiting
    tool: [call_api]
    conditions: ['agent.function == "customer_service"']
    action: auto_approve
    rate_limit: 100 calls/minute
  - name: own_api
    tool: [call_api]
    unless: arguments.url.matches("^https://api[.]acme[.]test/")
    action: deny
`;

/** What an application loads. */
export interface LoadedSize {
  readonly files: number;
  readonly kilobytes: number;
  /** With everything that a policy may ask for. */
  readonly allKilobytes: number;
}

/**
 * What an application with a guard loads: the files of its bundle that a program really asks for while it starts a
 * guard over a signed policy and decides, minified and gzipped one by one.
 *
 * @param core - the built entry of core
 */
export async function loadedSize(core: string): Promise<LoadedSize> {
  const folder = await mkdtemp(join(tmpdir(), "interlatch-size-"));
  try {
    await bundle(core, folder);
    const loaded = await filesLoaded(folder);
    const files = (await readdir(folder)).filter((name) => name.endsWith(".js"));
    return {
      files: loaded.length,
      kilobytes: await kilobytes(loaded),
      allKilobytes: await kilobytes(files.map((name) => join(folder, name))),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An application that knows no policy: a bundler must keep every part, and loads none of them before it is asked for. */
async function bundle(core: string, folder: string): Promise<void> {
  await build({
    stdin: {
      contents: `export { createGuard, inlineSource, memoryAudit, memoryRollback, isDenial } from ${JSON.stringify(core)};`,
      sourcefile: "application.js",
      resolveDir: dirname(core),
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    outdir: folder,
    entryNames: "application",
    legalComments: "none",
    logLevel: "error",
  });
}

/** Runs the application in a process of its own, which tells what it has loaded. */
async function filesLoaded(folder: string): Promise<readonly string[]> {
  const made = await compilePolicy({ files: [{ path: "size.yaml", text: POLICY }] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  const signing = await makeSigning();
  const given = { bundle: await signing.bundle(made.policy), trust: signing.trust, now: BEGIN };
  const run = join(folder, "run.mjs");
  await writeFile(run, program(pathToFileURL(join(folder, "application.js")).href, given));
  const { stdout, stderr, status } = spawnSync(process.execPath, [run], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr.slice(-1_000));
  // The child has printed what `program` says.
  const { effects, urls } = JSON.parse(stdout) as {
    readonly effects: readonly string[];
    readonly urls: readonly string[];
  };
  if (effects.join() !== "review,deny") throw new Error(`the guard decides ${effects.join()}`);
  return urls.map((url) => fileURLToPath(url));
}

function program(application: string, given: unknown): string {
  return `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({
      load(url, context, next) {
        if (url.startsWith("file:")) urls.push(url);
        return next(url, context);
      },
    });
    const { createGuard, inlineSource, memoryAudit, memoryRollback } = await import(${JSON.stringify(application)});
    const { bundle, trust, now } = ${JSON.stringify(given)};
    const guard = await createGuard({
      bundle: inlineSource(bundle), trust, audience: "test", rollback: memoryRollback(),
      audit: memoryAudit(), clock: () => now + 1000, onReview: () => ({ kind: "pending" }),
    });
    const ticket = guard.for({ agent: { id: "a", roles: ["clerk"], function: "customer_service" }, session: "s" });
    const ask = (tool, args) => guard.decide({ ticket, id: tool, tool, arguments: args }).effect;
    const effects = [ask("read_file", { size: 5000 }), ask("call_api", { url: "https://eve.test/" })];
    console.log(JSON.stringify({ effects, urls }));
  `;
}

async function kilobytes(files: readonly string[]): Promise<number> {
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return contents.reduce((sum, each) => sum + gzipSync(each, { level: 9 }).length / 1024, 0);
}
