import assert from "node:assert/strict";
import {
  isDenial,
  type Guard,
  type GuardOptions,
  type Identity,
  type MemoryAudit,
  type Policy,
} from "@interlatch/core";
import { compilePolicy, type Diagnostic } from "@interlatch/policy";
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

/** Compiles a policy that must build. */
export async function built(text: string): Promise<Policy> {
  const made = await compilePolicy({
    files: [{ path: "policy.yaml", text: `interlatch: 1\nid: evasions\n${text}` }],
  });
  if (!made.ok)
    assert.fail(made.errors.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return made.policy;
}

/** The errors of a policy that must not build. */
export async function refused(text: string): Promise<readonly Diagnostic[]> {
  const made = await compilePolicy({
    files: [{ path: "policy.yaml", text: `interlatch: 1\nid: evasions\n${text}` }],
  });
  assert.equal(made.ok, false, `builds, and must not:\n${text}`);
  return made.ok ? [] : made.errors;
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
