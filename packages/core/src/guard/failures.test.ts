import { describe, expect } from "vitest";
import { perMinute, policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard, type TestGuard, type TestGuardOptions } from "../testing/index.ts";
import type { CallInput } from "./guard.ts";

const policy = policyOf({
  tools: { a: {}, banned: {} },
  rules: [
    { name: "ok", action: "allow", tools: ["a"], rateLimit: perMinute(5) },
    { name: "no", action: "deny", tools: ["banned"] },
  ],
});

function explode(): never {
  throw new Error("inside the guard");
}

async function attempt(options: TestGuardOptions, call: Partial<CallInput> = {}): Promise<Attempt> {
  const guard = await testGuard(policy, options);
  return attemptOn(guard, call);
}

async function attemptOn(guard: TestGuard, call: Partial<CallInput> = {}): Promise<Attempt> {
  let ran = 0;
  const input = { ticket: guard.ticket(), id: "c1", tool: "a", arguments: {}, ...call };
  const result = await guard.run(input, () => ++ran);
  return { code: isDenial(result) ? result.decision.code : "ran", ran };
}
interface Attempt {
  readonly code: string;
  readonly ran: number;
}

describe("a failure inside the guard", () => {
  verifies("core.run.guard-error", "of its clock denies the call", async () => {
    for (const now of [
      explode,
      () => Number.NaN,
      () => Infinity,
      () => "now" as unknown as number,
    ]) {
      const time = { now, advance: () => undefined, set: () => undefined };
      const guard = await testGuard(policy);
      const broken = await testGuard(policy, { time: { ...time, now: () => 0 } });
      expect((await attemptOn(guard)).code).toBe("ran");
      expect((await attemptOn(broken)).code).toBe("ran");
      let reading = (): number => 0;
      const failing = await testGuard(policy, { time: { ...time, now: () => reading() } });
      reading = now;
      expect(await attemptOn(failing)).toEqual({ code: "internal_error", ran: 0 });
      expect(await attemptOn(failing, { tool: "banned" })).toEqual({
        code: "internal_error",
        ran: 0,
      });
      const call = { ticket: failing.ticket(), id: "c1", tool: "a", arguments: {} };
      expect(failing.decide(call).code).toBe("internal_error");
      expect(failing.open([call])[0]?.denial?.decision.code).toBe("internal_error");
    }
  });

  verifies("core.run.guard-error", "of its logger changes nothing", async () => {
    const logger = { debug: explode, info: explode, warn: explode, error: explode };
    expect(await attempt({ logger })).toEqual({ code: "ran", ran: 1 });
    expect(await attempt({ logger }, { tool: "banned" })).toEqual({ code: "rule_denied", ran: 0 });
    const stores = { limits: { reserve: explode, peek: explode } };
    expect(await attempt({ logger, stores })).toEqual({ code: "store_unavailable", ran: 0 });
  });

  verifies("core.run.guard-error", "of a call's own properties denies it", async () => {
    const guard = await testGuard(policy);
    const hostile: readonly Partial<CallInput>[] = [
      {
        get arguments() {
          return explode();
        },
      },
      {
        get id() {
          return explode();
        },
      },
      {
        get tool() {
          return explode();
        },
      },
      {
        get ticket() {
          return explode();
        },
      },
    ];
    for (const call of hostile) {
      const input = { ticket: guard.ticket(), id: "c1", tool: "a", arguments: {} };
      const whole = Object.defineProperties({ ...input }, Object.getOwnPropertyDescriptors(call));
      let ran = 0;
      const result = guard.run(whole as CallInput, () => ++ran);
      expect(isDenial(result) && result.decision.code).toBe("internal_error");
      expect(ran).toBe(0);
    }
  });

  verifies(
    "core.run.guard-error",
    "of an outcome's record leaves the result as it is",
    async () => {
      const audit = {
        durable: false,
        append: (event: { readonly type: string }) => {
          if (event.type === "outcome") explode();
        },
        flush: () => Promise.resolve(),
        close: () => Promise.resolve(),
      };
      expect(await attempt({ audit })).toEqual({ code: "ran", ran: 1 });
      expect(await attempt({ audit }, { tool: "banned" })).toEqual({ code: "rule_denied", ran: 0 });
    },
  );

  verifies("core.run.guard-error", "of its listeners changes nothing", async () => {
    const { bundle, trust } = await makeSigning();
    const { guard } = await guardOver(await bundle(policy), trust);
    const heard: string[] = [];
    guard.on("decision", explode);
    guard.on("decision", ({ tool }) => heard.push(tool));
    const ticket = guard.for({ agent: { id: "agent" }, session: "s" });
    expect(guard.run({ ticket, id: "c1", tool: "a", arguments: {} }, () => "ran")).toBe("ran");
    expect(
      isDenial(guard.run({ ticket, id: "c2", tool: "banned", arguments: {} }, () => "ran")),
    ).toBe(true);
    expect(heard).toEqual(["a", "banned"]);
  });

  verifies("core.run.guard-error", "of a store that previews denies the preview", async () => {
    const stores = { limits: { reserve: () => ({ ok: true }) as const, peek: explode } };
    const guard = await testGuard(policy, { stores });
    const call = { ticket: guard.ticket(), id: "c1", tool: "a", arguments: {} };
    expect(guard.decide(call).code).toBe("store_unavailable");
  });
});
