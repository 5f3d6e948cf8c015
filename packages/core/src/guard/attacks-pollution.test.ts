import { expect } from "vitest";
import { argument, compare, HOLDS, policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import { verifies } from "../../../../test/verifies.ts";
import { inlineSource } from "../bundle/inline-source.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { isDenial } from "../fallback/denial.ts";
import type { ArgumentSchema, Policy } from "../policy/ir.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";

/** Does something while every object inherits these, as after a careless merge of a client's JSON. */
async function polluted<Result>(lent: object, body: () => Result): Promise<Awaited<Result>> {
  for (const [name, value] of Object.entries(lent)) {
    Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true });
  }
  try {
    return await body();
  } finally {
    for (const name of Object.keys(lent)) Reflect.deleteProperty(Object.prototype, name);
  }
}

function code(guard: TestGuard, args: object): string {
  return guard.decide({ ticket: guard.ticket(), id: "c1", tool: "tool", arguments: args }).code;
}

const schema: ArgumentSchema = {
  type: "object",
  properties: { to: { type: "string", format: "email" }, more: { anyOf: [{ type: "object" }] } },
};

verifies("language.pollution", "opens no schema, and switches no format off", async () => {
  const given = policyOf({ tools: { tool: { arguments: schema, default: "allow" } } });
  for (const lent of [
    { closed: false },
    { closed: null },
    { formats: false },
    { formats: 0 },
    { name: "" },
  ]) {
    const guard = await polluted(lent, () => testGuard(given));
    expect(code(guard, { to: "a@b.test" })).toBe("allowed_by_default");
    for (const args of [{ bcc: 1 }, { more: { x: 1 } }, { to: "nobody" }]) {
      expect(code(guard, args), JSON.stringify([lent, args])).toBe("invalid_arguments");
    }
  }
});

verifies("language.pollution", "makes no URL of a text that is none", async () => {
  const at = { file: "policy.yaml", line: 1 } as const;
  const given: Policy = policyOf({
    agents: { all: { when: HOLDS, tools: ["tool"], endpoints: ["https://a.test/x/**"], at } },
    tools: {
      tool: {
        resources: { endpoints: [{ kind: "expression", expression: argument("url") }] },
        default: "allow",
      },
    },
  });
  const guard = await testGuard(given);
  expect(code(guard, { url: "https://a.test/x/1" })).toBe("allowed_by_default");
  // No authority behind two slashes: parsers make one of what follows, and each its own.
  for (const url of ["https:///u@a.test/x/1", "https:///a.test/x/..%2f1"]) {
    const asked = await polluted({ authority: "a.test", path: "/" }, () => code(guard, { url }));
    expect(asked, url).toBe("out_of_scope");
  }
});

verifies("language.pollution", "lends no address its host", async () => {
  const host = { kind: "call", function: "host", arguments: [argument("to")] } as const;
  const when = compare(host, "==", "acme.test");
  const guard = await testGuard(policyOf({ rules: [{ action: "allow", when }] }));
  expect(code(guard, { to: "ann@acme.test" })).toBe("allowed");
  const lent = { local: "ann", domain: "acme.test" };
  expect(await polluted(lent, () => code(guard, { to: "eve at evil.test" }))).toBe("no_match");
});

verifies("language.pollution", "tells and records no shadow that was not asked", async () => {
  const guard = await testGuard({ tool: "deny" });
  for (const would of [null, { effect: "allow", rewrites: [] }, "x"]) {
    const call = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: {} };
    const records = await polluted({ would }, () => {
      expect(isDenial(guard.run(call, () => "ran"))).toBe(true);
      return guard.audit.records.length;
    });
    expect(records).toBeGreaterThan(0);
  }
  expect(guard.decisions.map(({ decision }) => decision.effect)).toEqual(["deny", "deny", "deny"]);
  expect(guard.audit.lines().join("\n")).not.toContain("would");
});

verifies("language.pollution", "lets no bundle load that enforces nothing", async () => {
  const { bundle, trust } = await makeSigning();
  const inShadow: Policy = { ...policyOf({ rules: [{ action: "deny" }] }), mode: "shadow" };
  const source = inlineSource(await bundle(inShadow));
  for (const lent of [{ allowShadow: true }, { use: "shadow" }]) {
    const refused: unknown = await polluted(lent, () =>
      guardOver(source, trust).catch((error: unknown) => error),
    );
    expect(isInterlatchError(refused) && refused.code).toBe("ERR_BUNDLE_MODE");
  }
});

verifies("language.pollution", "sets no option that the host left out", async () => {
  const { bundle, trust } = await makeSigning();
  const eternal = await bundle(policyOf({}), { expires: "2199-01-01T00:00:00Z" });
  const lent = { maxLifetimeDays: 1e6, minVersion: 900, id: "another", shadow: "another" };
  const refused: unknown = await polluted(lent, () =>
    guardOver(inlineSource(eternal), trust).catch((error: unknown) => error),
  );
  expect(isInterlatchError(refused) && refused.code).toBe("ERR_BUNDLE_DATES");
  const source = inlineSource(await bundle(policyOf({})));
  const { guard } = await polluted(lent, () => guardOver(source, trust));
  expect(guard.status()).toMatchObject({ bundle: { version: 1 }, shadow: null });
});
