import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { COMMONJS_PROGRAM, HOST_PROGRAM } from "../cli/host-program.ts";
import { ROOT, runProgram, type ChildResult } from "../tasks/child.ts";
import { machineEnvironment, type NodeProgram } from "./nodes.ts";

/** What the program prints when the bundle is sound and the call is denied. */
const DENIED = "Not permitted: Customers are deleted by the records team.\n";

/** Where a journey takes place. */
export interface JourneyOptions {
  readonly node: NodeProgram;
  /** A folder where the tarballs are installed. */
  readonly consumer: string;
}

/**
 * What a newcomer does, on the packages as they are published and on one Node: `interlatch init`, check, test, build,
 * sign and verify in an empty folder, then a program that is denied a call, as an ES module, as CommonJS and as
 * compiled TypeScript, and the example for CommonJS.
 *
 * @returns what is wrong, a sentence each
 */
export async function journeyProblems(options: JourneyOptions): Promise<readonly string[]> {
  const home = join(options.consumer, `journey-${options.node.version}`);
  await mkdir(home, { recursive: true });
  const folder = join(home, "my-agent");
  const made = await command(options, home, "init", "my-agent");
  const pin = /trust\.json#sha256:[0-9a-f]{64}/.exec(made.output)?.[0];
  if (pin === undefined) return [`interlatch init printed no pin: ${shortened(made)}`];
  const bundle = "my-agent-1.bundle.json";
  for (const words of [
    ["check"],
    ["test"],
    ["build"],
    ["sign", "my-agent-1.payload.json", "--key", ".interlatch/keys/bundle.pem"],
    ["verify", bundle, "--trust", pin, "--audience", "dev-team"],
  ]) {
    const ran = await command(options, folder, ...words);
    if (ran.code !== 0) return [`interlatch ${words.join(" ")} ended with ${shortened(ran)}`];
  }
  return programProblems(options.node, folder, pin);
}

/** The link that `npx` follows, with the Node to try as the first on the path. */
function command(
  { node, consumer }: JourneyOptions,
  folder: string,
  ...words: readonly string[]
): Promise<ChildResult> {
  const environment = machineEnvironment();
  const PATH = `${dirname(node.path)}${delimiter}${environment["PATH"] ?? ""}`;
  const link = join(consumer, "node_modules/.bin/interlatch");
  return runProgram(link, words, { folder, environment: { ...environment, PATH } });
}

async function programProblems(
  node: NodeProgram,
  folder: string,
  pin: string,
): Promise<readonly string[]> {
  await writeFile(join(folder, "host.mjs"), HOST_PROGRAM.replace("PIN", pin));
  await writeFile(join(folder, "host.cjs"), COMMONJS_PROGRAM.replace("PIN", pin));
  await mkdir(join(folder, "typed"), { recursive: true });
  await writeFile(join(folder, "typed/host.mts"), HOST_PROGRAM.replace("PIN", pin));
  const compiled = await compile(join(folder, "typed"));
  if (compiled.code !== 0) return [`The program does not compile: ${shortened(compiled)}`];
  const problems: string[] = [];
  for (const [name, file] of [
    ["ES module", "host.mjs"],
    ["CommonJS", "host.cjs"],
    ["compiled TypeScript", "typed/host.mjs"],
  ] as const) {
    // As in production: elsewhere a denial says a line on standard error as well.
    const environment = { ...machineEnvironment(), NODE_ENV: "production" };
    const ran = await runProgram(node.path, [file], { folder, environment });
    if (ran.code !== 0 || ran.output !== DENIED) {
      problems.push(`The program as ${name} was not denied its call: ${shortened(ran)}`);
    }
  }
  return [...problems, ...(await exampleProblems(node, folder))];
}

/** The example for CommonJS, which requires all that signs a policy too. It says itself what must hold. */
async function exampleProblems(node: NodeProgram, journey: string): Promise<readonly string[]> {
  const folder = join(journey, "commonjs");
  const files = ["main.cjs", "signed.cjs", "policy.yaml", "package.json"];
  await mkdir(folder, { recursive: true });
  await Promise.all(
    files.map((file) => copyFile(join(ROOT, "examples/commonjs", file), join(folder, file))),
  );
  const environment = { ...machineEnvironment(), NODE_ENV: "production" };
  const ran = await runProgram(node.path, ["main.cjs"], { folder, environment });
  return ran.code === 0 ? [] : [`The example for CommonJS fails: ${shortened(ran)}`];
}

async function compile(folder: string): Promise<ChildResult> {
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    // A guard can be closed by `await using`, whose symbol is newer than the language level.
    lib: ["es2023", "esnext.disposable"],
    strict: true,
    skipLibCheck: true,
    types: ["node"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  return runProgram(process.execPath, [compiler, "-p", folder, "--pretty", "false"], { folder });
}

function shortened({ code, output }: ChildResult): string {
  return `code ${code}: ${output.slice(0, 800)}`;
}
