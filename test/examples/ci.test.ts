import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { createGuard, httpSource, memoryAudit, memoryRollback } from "@interlatch/core";
import { generateKey } from "@interlatch/core/sign";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { parse } from "yaml";
import { workplace, type Workplace } from "../cli/command-line.ts";
import { type LoopbackServer, startServer } from "../loopback-server.ts";
import { ROOT, runProgram } from "../tasks/child.ts";
import { verifies } from "../verifies.ts";

/** A command of a pipeline, and what it may do. */
interface Step {
  readonly name: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mayFail: boolean;
}

/** A pipeline: what runs on every change, and what on the main branch. */
interface Pipeline {
  readonly test: readonly Step[];
  readonly publish: readonly Step[];
}

/** What the platform puts in: its own words, and what a project has set. */
type Settings = Readonly<Record<string, string>>;

interface GitHubStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "continue-on-error"?: boolean;
}
interface GitHubWorkflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly GitHubStep[] }>>;
}
interface GitLabJob {
  readonly script: readonly string[];
  readonly allow_failure?: boolean;
}

const read = async (name: string): Promise<unknown> =>
  parse(await readFile(join(ROOT, "examples/ci", name), "utf8"));

async function gitHub(settings: Settings): Promise<Pipeline> {
  const { jobs, env } = (await read("github-actions.yml")) as GitHubWorkflow;
  const filled = (values: Readonly<Record<string, string>> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const [, wanted] = /^\$\{\{ (?:vars|secrets|github)\.(\w+) \}\}$/.exec(value) ?? [];
        const setting = wanted === undefined ? undefined : settings[wanted];
        if (setting === undefined) throw new Error(`${name} is ${value}, which nobody sets`);
        return [name, setting];
      }),
    );
  const stepsOf = (job: string): readonly Step[] =>
    (jobs[job]?.steps ?? []).flatMap(({ name, uses, run, env: own, ...rest }) => {
      if (uses !== undefined) expect(uses).toMatch(/^actions\/(checkout|setup-node)@v\d+$/);
      if (run === undefined) return [];
      const environment = { GITHUB_SHA: "abc", ...filled(env), ...filled(own) };
      const mayFail = rest["continue-on-error"] === true;
      return [{ name: name ?? run, script: run, environment, mayFail }];
    });
  return { test: stepsOf("test"), publish: stepsOf("publish") };
}

async function gitLab(settings: Settings): Promise<Pipeline> {
  const file = (await read("gitlab-ci.yml")) as Readonly<Record<string, GitLabJob>> & {
    readonly default: { readonly before_script: readonly string[] };
  };
  const { run_number: CI_PIPELINE_IID = "", ...variables } = settings;
  const environment = { ...variables, CI_PIPELINE_IID, CI_COMMIT_SHA: "abc" };
  const stepsOf = (name: string): readonly Step[] => {
    const { script, allow_failure: mayFail = false } = file[name] ?? { script: [] };
    // GitLab runs the lines of a job one after the other in one shell; none of these leaves anything behind in it.
    return [...file.default.before_script, ...script].map((line) => ({
      name: `${name}: ${line}`,
      script: line,
      environment,
      mayFail,
    }));
  };
  return {
    test: [...stepsOf("policy-test"), ...stepsOf("policy-looser")],
    publish: stepsOf("policy-publish"),
  };
}

const PLATFORMS = [
  ["GitHub Actions", gitHub],
  ["GitLab", gitLab],
] as const;

/** A place to publish: who has the token may put a bundle. */
interface Shelf {
  readonly server: LoopbackServer;
  bundle: string | null;
}

async function openShelf(): Promise<Shelf> {
  const shelf: { bundle: string | null } = { bundle: null };
  const server = await startServer((request, response) => {
    if (request.method === "GET") {
      response.writeHead(shelf.bundle === null ? 404 : 200).end(shelf.bundle);
    } else if (request.headers.authorization === "Bearer let-me") {
      void text(request).then((body) => {
        shelf.bundle = body;
        response.writeHead(201).end();
      });
    } else {
      response.writeHead(403).end();
    }
  });
  return Object.assign(shelf, { server });
}

let shelf: Shelf;
let tools: string;
beforeAll(async () => {
  shelf = await openShelf();
  tools = workplace().folder;
  // `npx interlatch` is this workspace's own, in one file: each command of a pipeline is a process.
  await build({
    entryPoints: [join(ROOT, "packages/cli/src/bin.ts")],
    outfile: join(tools, "interlatch.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@interlatch/source"],
    banner: {
      js: 'import { createRequire as of } from "node:module"; const require = of(import.meta.url);',
    },
  });
  const interlatch = `exec "${process.execPath}" "${join(tools, "interlatch.mjs")}" "$@"`;
  plant("npx", `[ "$1" = interlatch ] || exit 9\nshift\n${interlatch}`);
  plant("npm", '[ "$*" = ci ] || exit 9');
});
afterAll(() => shelf.server.close());

function plant(name: string, commands: string): void {
  writeFileSync(join(tools, name), `#!/usr/bin/env bash\n${commands}\n`);
  chmodSync(join(tools, name), 0o755);
}

/** Runs steps as both platforms do, each in a shell that ends at the first failure. */
async function run(
  { folder }: Workplace,
  steps: readonly Step[],
): Promise<{ readonly failed: string | null; readonly warned: string[]; readonly output: string }> {
  const warned: string[] = [];
  let all = "";
  // Each run begins with a fresh checkout.
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  for (const { name, script, environment, mayFail } of steps) {
    const path = `${tools}${delimiter}${process.env["PATH"]}`;
    const { code, output } = await runProgram("bash", ["-eo", "pipefail", "-c", script], {
      folder,
      environment: { ...process.env, NODE_ENV: "", PATH: path, ...environment },
    });
    all += output;
    if (code !== 0 && mayFail) warned.push(name);
    else if (code !== 0) return { failed: name, warned, output: all };
  }
  return { failed: null, warned, output: all };
}

/** A new project, and a pipeline of it with what its platform is set to. */
async function newProject(pipelineOf: (settings: Settings) => Promise<Pipeline>) {
  shelf.bundle = null;
  const place = workplace();
  const { document, stderr } = await place.json(["init", "."], { now: Date.now });
  expect(stderr).toBe("");
  const settings = {
    BUNDLE_URL: `${shelf.server.origin}/policy.bundle.json`,
    TRUST_PIN: String(document.pin).split("#").at(-1) ?? "",
    BUNDLE_KEY: place.read(".interlatch/keys/bundle.pem"),
    PUBLISH_TOKEN: "let-me",
  };
  const pipeline = (version: number, changes: Settings = {}): Promise<Pipeline> =>
    pipelineOf({ ...settings, ...changes, run_number: String(version) });
  return { place, settings, pipeline };
}

describe.each(PLATFORMS)("a policy published from %s", (_, pipelineOf) => {
  verifies(
    "ci.examples",
    "is tested, built, signed, verified, put, and taken by hosts",
    async () => {
      const { place, settings, pipeline } = await newProject(pipelineOf);
      const first = await pipeline(1);
      expect(await run(place, first.test)).toMatchObject({ failed: null, warned: [] });
      expect(await run(place, first.publish)).toMatchObject({ failed: null });
      await using guard = await createGuard({
        bundle: httpSource(settings.BUNDLE_URL, { pollSeconds: 0 }),
        trust: { document: place.read("trust.json"), digest: settings.TRUST_PIN },
        audience: "prod",
        rollback: memoryRollback(),
        audit: memoryAudit(),
      });
      expect(guard.status().bundle?.version).toBe(1);

      // A change that lets more through: somebody sees it before, and whoever signs sees it first.
      place.edit("policy.yaml", "arguments.amount <= 50", "arguments.amount <= 75");
      place.edit("policy.yaml", "arguments.amount > 50", "arguments.amount > 75");
      place.edit("policy.test.yaml", "amount: 51", "amount: 76");
      const second = await pipeline(2);
      const tested = await run(place, second.test);
      expect(tested).toMatchObject({ failed: null, warned: [expect.any(String)] });
      const published = await run(place, second.publish);
      expect(published.failed).toBeNull();
      expect(published.output).toContain("compared with version 1 in published.bundle.json");
      expect(published.output).toContain("LOOSER  refund_order");
      await guard.refresh();
      expect(guard.status().bundle?.version).toBe(2);
    },
  );
});

// The scripts of both are the same.
verifies(
  "ci.examples",
  "a policy is not put where a test fails, or the key is a stranger's",
  async () => {
    const { place, pipeline } = await newProject(gitHub);
    const { privateKey } = await generateKey();
    const stranger = await pipeline(1, { BUNDLE_KEY: privateKey });
    expect((await run(place, stranger.publish)).failed).toMatch(/verify/i);
    place.edit("policy.test.yaml", "amount: 51", "amount: 50");
    const broken = await pipeline(2);
    expect((await run(place, broken.test)).failed).toMatch(/test/i);
    expect((await run(place, broken.publish)).failed).toMatch(/build/i);
    expect(shelf.bundle).toBeNull();
  },
);
