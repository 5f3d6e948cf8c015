import assert from "node:assert/strict";
import {
  isDenial,
  type Guard,
  type GuardOptions,
  type Identity,
  type MemoryAudit,
  type Policy,
} from "@interlatch/core";
import {
  checkPolicy,
  compilePolicy,
  type CompileInput,
  type CompileOptions,
  type CompileResult,
  type Diagnostic,
  type DiagnosticCode,
} from "@interlatch/policy";
import { guardOver, makeSigning, type Signing } from "../signed.ts";

/** One known way round such guards, tried on this one. Throws when it gets through. */
export interface Evasion {
  /** `evasion.T23`: the requirement it proves. */
  readonly id: string;
  readonly title: string;
  readonly run: () => Promise<void>;
}

let key: Promise<Signing> | undefined;

/** The key that signs every policy here. */
export function signing(): Promise<Signing> {
  return (key ??= makeSigning());
}

/** A policy of one file. */
function oneFile(text: string): CompileInput {
  return { files: [{ path: "policy.yaml", text: `interlatch: 1\nid: evasions\n${text}` }] };
}

/** Compiles a policy that must build. */
export async function built(text: string): Promise<Policy> {
  return policyOf(await compilePolicy(oneFile(text)));
}

/** Compiles a policy of several files, by path, that must build. */
export async function builtOf(files: Readonly<Record<string, string>>): Promise<Policy> {
  return policyOf(await compilePolicy(severalFiles(files)));
}

function policyOf(made: CompileResult): Policy {
  if (!made.ok)
    assert.fail(made.errors.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return made.policy;
}

/**
 * A policy that must not build.
 *
 * @param codes - one of which its errors must have: others alone would mean that it is refused for something else
 */
export async function refused(
  text: string,
  codes: readonly DiagnosticCode[],
  options: CompileOptions = {},
): Promise<void> {
  mustBeRefused(await compilePolicy(oneFile(text), options), codes, text);
}

/** The same of several files, by path. */
export async function refusedOf(
  files: Readonly<Record<string, string>>,
  codes: readonly DiagnosticCode[],
): Promise<void> {
  const text = Object.values(files).join("---\n");
  mustBeRefused(await compilePolicy(severalFiles(files)), codes, text);
}

function severalFiles(files: Readonly<Record<string, string>>): CompileInput {
  return { files: Object.entries(files).map(([path, text]) => ({ path, text })) };
}

function mustBeRefused(
  made: CompileResult,
  codes: readonly DiagnosticCode[],
  text: string,
): asserts made is Extract<CompileResult, { ok: false }> {
  assert.ok(!made.ok, `builds, and must not:\n${text}`);
  const found = made.errors.map(({ code }) => code);
  const isFor = found.some((code) => codes.includes(code));
  assert.ok(isFor, `refused as ${found.join(", ")}, not as ${codes.join(" or ")}:\n${text}`);
}

/** What `check` warns about in a policy that builds, once each. */
export async function warnings(text: string): Promise<ReadonlySet<Diagnostic["code"]>> {
  const made = await checkPolicy(oneFile(text));
  policyOf(made);
  return new Set(made.warnings.map(({ code }) => code));
}

/** A guard over the policy: compiled, signed, verified and loaded as in production. */
export async function guardOf(
  text: string,
  options: Partial<GuardOptions> = {},
): Promise<{ readonly guard: Guard; readonly audit: MemoryAudit }> {
  const { bundle, trust } = await signing();
  return guardOver(await bundle(await built(text)), trust, options);
}

let calls = 0;

/** What came of a call, and what its tool got. */
export interface Attempt {
  /** `ran`, or the code of the denial. */
  readonly code: string;
  readonly got: readonly unknown[];
}

/** Calls a tool in a session of its own, as an agent `shop` of no roles unless the identity says otherwise. */
export async function attempt(
  guard: Guard,
  tool: string,
  args: unknown,
  identity: Partial<Identity> = {},
): Promise<Attempt> {
  const session = `s${++calls}`;
  const ticket = guard.for({ agent: { id: "shop", roles: [] }, session, ...identity });
  const got: unknown[] = [];
  const result = await guard.run(
    { ticket, id: `c${calls}`, tool, arguments: args },
    (given: unknown) => {
      got.push(given);
      return "ran";
    },
  );
  return { code: isDenial(result) ? result.decision.code : result, got };
}

/** Every one of the calls must be denied, with one of the codes where any are given, and its tool must not run. */
export async function mustDeny(
  guard: Guard,
  tool: string,
  attempts: readonly unknown[],
  ...codes: readonly string[]
): Promise<void> {
  for (const args of attempts) {
    const { code, got } = await attempt(guard, tool, args);
    const what = `${tool} ${describe(args)}`;
    assert.deepEqual(got, [], `${what} ran`);
    if (codes.length > 0)
      assert.ok(codes.includes(code), `${what}: ${code}, expected ${codes.join(" or ")}`);
  }
}

/** A control: without it a policy that denies everything would pass. */
export async function mustRun(guard: Guard, tool: string, args: unknown): Promise<void> {
  const { code, got } = await attempt(guard, tool, args);
  assert.equal(code, "ran", `${tool} ${describe(args)}`);
  assert.equal(got.length, 1);
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value)?.slice(0, 120) ?? String(value);
  } catch {
    return typeof value;
  }
}
