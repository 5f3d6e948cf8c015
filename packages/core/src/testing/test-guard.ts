import { memoryAudit, type MemoryAudit } from "../audit/memory.ts";
import type { VerifiedBundle } from "../bundle/load.ts";
import type { Decision } from "../decision/decision.ts";
import { assembleGuard } from "../guard/assemble.ts";
import { type BundleListener, BundleKeeper, prepareBundle } from "../guard/bundles.ts";
import { Emitter } from "../guard/emitter.ts";
import { loadShadowing } from "../guard/shadowing.ts";
import { hostLogger } from "../guard/host-parts.ts";
import type { Guard } from "../guard/guard.ts";
import type { Identity, Ticket } from "../guard/identity.ts";
import type { CommonOptions } from "../guard/options.ts";
import { ENGINE, type Effect, type Policy } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";
import { tokensOf } from "../redact/token.ts";
import { sha256Hex } from "../snapshot/hash.ts";
import { fakeClock, type FakeClock } from "./clock.ts";

/** What each tool gets: `{ search: "allow", refund: "deny" }`. Tools that are not named are unknown. */
export type EffectMap = Readonly<Record<string, Effect>>;

/** A guard for tests: no keys, no files, a clock that stands still. Its `redactionKey` is 32 zeros unless given. */
export interface TestGuard extends Guard {
  /** Every final decision, in order. */
  readonly decisions: readonly {
    readonly call: string | null;
    readonly tool: string;
    readonly decision: Decision;
  }[];
  readonly audit: MemoryAudit;
  readonly time: FakeClock;
  /** A ticket of an ordinary agent with a session; what is given replaces parts of it. */
  ticket(identity?: Partial<Identity>): Ticket;
  /** Puts another policy in force, as a hot reload would. */
  use(policy: Policy | EffectMap): Promise<void>;
}

/** Options of {@link testGuard}. */
export interface TestGuardOptions extends Partial<Omit<CommonOptions, "clock">> {
  /** Default: `fakeClock()`. */
  readonly time?: FakeClock;
  /** A policy that is asked about every call and enforces nothing. */
  readonly shadow?: Policy | EffectMap;
}

const SILENT: BundleListener = { loaded: () => undefined, rejected: () => undefined };
/** Known to everybody: a policy that makes tokens can be tried without a key of the host's. */
const TEST_KEY = new Uint8Array(32);

const FOREVER = { notBefore: "1970-01-01T00:00:00Z", expires: "9999-12-31T23:59:59Z" };

/**
 * A guard over a policy that nobody signed, for unit tests of code that uses tools. There is no other way
 * to a guard without a signature; keep it out of what you ship.
 *
 * @param policy - what `compilePolicy` of `@interlatch/policy` gave, or an effect for each tool
 *
 * @example
 * ```ts
 * import { isDenial } from "@interlatch/core";
 * import { testGuard } from "@interlatch/core/testing";
 * const guard = await testGuard({ search: "allow", refund: "deny" });
 * const call = { ticket: guard.ticket(), id: "c1", tool: "refund", arguments: {} };
 * console.log(isDenial(guard.run(call, () => "money back")), guard.decisions[0]?.decision.code);
 * ```
 */
export async function testGuard(
  policy: Policy | EffectMap,
  options: TestGuardOptions = {},
): Promise<TestGuard> {
  const { time = fakeClock(), shadow, ...common } = options;
  const tokens = tokensOf({ redactionKey: TEST_KEY, ...common });
  const audit = memoryAudit({ now: time.now });
  let current = policyOf(policy);
  let version = 0;
  const emitter = new Emitter((error) => {
    throw error;
  });
  const keeper = new BundleKeeper(
    () => prepareBundle(payloadOf(current, ++version), "test", time.now(), { tokens }),
    SILENT,
  );
  const shadowKeeper =
    shadow === undefined
      ? null
      : new BundleKeeper(
          () => prepareBundle(payloadOf(policyOf(shadow), 1), "shadow", time.now(), { tokens }),
          SILENT,
        );
  await loadShadowing();
  await keeper.reload();
  await shadowKeeper?.reload();
  const logger = hostLogger(common.logger);
  if (logger !== undefined) {
    (await import("../guard/log-line.ts")).logDecisions(emitter, logger, common.audit ?? audit);
  }
  const guard = assembleGuard(keeper, emitter, { audit, clock: time.now, ...common }, shadowKeeper);
  const decisions: { call: string | null; tool: string; decision: Decision }[] = [];
  guard.on("decision", ({ call, tool, decision }) => decisions.push({ call, tool, decision }));
  return {
    ...guard,
    decisions,
    audit,
    time,
    ticket: (identity = {}) =>
      guard.for({ agent: { id: "agent", roles: [] }, session: "session", ...identity }),
    async use(next) {
      current = policyOf(next);
      await keeper.reload();
    },
  };
}

function policyOf(given: Policy | EffectMap): Policy {
  return validatePolicy(isPolicy(given) ? given : policyOfMap(given));
}

function isPolicy(given: Policy | EffectMap): given is Policy {
  return typeof given["engine"] === "number";
}

function policyOfMap(effects: EffectMap): Policy {
  const at = { file: "test", line: 1 };
  const tools = Object.keys(effects).map((name) => {
    const tool = { operation: "write", reversible: true, default: "deny", at } as const;
    return [name, tool] as const;
  });
  const rules = Object.entries(effects).map(([name, action]) => ({
    name: `${action}:${name}`,
    tools: [name],
    action,
    at,
  }));
  return {
    engine: ENGINE,
    id: "test",
    mode: "enforce",
    agents: null,
    tools: Object.fromEntries(tools),
    facts: {},
    rules,
  };
}

/** The policy as a verified bundle, which nobody has verified. */
export function payloadOf(policy: Policy, version: number): VerifiedBundle {
  return {
    payload: {
      format: 1,
      id: policy.id,
      version,
      audience: ["test"],
      ...FOREVER,
      engine: policy.engine,
      policy,
      sources: [],
      tests: { files: [], cases: 0, coverage: 0 },
      compiler: { version: "test" },
      created: FOREVER.notBefore,
    },
    digest: sha256Hex(JSON.stringify(policy)),
    signers: [],
    until: Date.parse(FOREVER.expires),
  };
}
