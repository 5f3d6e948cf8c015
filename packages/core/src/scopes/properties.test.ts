import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { argument, ERRS, HOLDS, HOLDS_NOT, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { evaluate, evaluatorOf, requestOf } from "../../test/evaluation.ts";
import type { Access, AgentProfile, Policy, Resources, ValueTemplate } from "../policy/ir.ts";
import { explainScope } from "./explain.ts";

const AT = { file: "policy.yaml", line: 1 } as const;

type Profiles = Readonly<Record<string, AgentProfile>>;

function policyFor(agents: Profiles, resources: Resources): Policy {
  return policyOf({ agents, tools: { tool: { resources, default: "allow" } } });
}

async function code(agents: Profiles, resources: Resources, args: object): Promise<string> {
  return (await evaluate(policyFor(agents, resources), args)).verdict.code;
}

const INSIDE = "allowed_by_default";

const access = fc.constantFrom<Access>("read", "write");
const some = <Value>(...values: readonly Value[]): fc.Arbitrary<readonly Value[]> =>
  fc.subarray([...values]);
const accesses = (...names: readonly string[]): fc.Arbitrary<Record<string, Access>> =>
  fc.dictionary(fc.constantFrom(...names), access, { maxKeys: 3 });

const profile: fc.Arbitrary<AgentProfile> = fc
  .record(
    {
      databases: accesses("crm", "orders"),
      endpoints: some("status", "https://a.test/**", "https://a.test/x/*", "https://*.b.test/**"),
      network: some("*.a.test", "**", "10.0.0.0/8", "::/0"),
      paths: accesses("/", "/data", "/data/out"),
    },
    { requiredKeys: [] },
  )
  .chain((dimensions) =>
    fc.record({
      ...Object.fromEntries(
        Object.entries(dimensions).map(([key, one]) => [key, fc.constant(one)]),
      ),
      when: fc.constantFrom(HOLDS, HOLDS, HOLDS, HOLDS_NOT, ERRS),
      tools: fc.constantFrom(["tool"], ["tool"], []),
      at: fc.constant(AT),
    }),
  ) as fc.Arbitrary<AgentProfile>; // the dimensions go through as they are

const profiles: fc.Arbitrary<Profiles> = fc.dictionary(
  fc.constantFrom("p", "q", "r", "s"),
  profile,
  { maxKeys: 4 },
);

const template: fc.Arbitrary<ValueTemplate> = fc.constantFrom<ValueTemplate>(
  { kind: "expression", expression: argument("what") },
  { kind: "text", parts: ["https://a.test/", argument("what")] },
  { kind: "literal", value: "status" },
  { kind: "literal", value: "/data/out/x" },
);

const resources: fc.Arbitrary<Resources> = fc.record(
  {
    databases: accesses("crm", "orders"),
    endpoints: fc.array(template, { maxLength: 2 }),
    network: fc.array(template, { maxLength: 1 }),
    paths: fc.array(fc.record({ path: template, access }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const args: fc.Arbitrary<object> = fc.record(
  {
    what: fc.constantFrom<unknown>(
      "status",
      "https://a.test/x/1",
      "https://c.b.test/1",
      "x",
      "/data/out/y",
      "db.a.test",
      "10.1.2.3",
      ["status", "https://a.test/x/2"],
      [],
      5,
      null,
    ),
  },
  { requiredKeys: [] },
);

const runs = { numRuns: 400 };

describe("the scopes of any policy", () => {
  verifies("scope.22", "let a call through exactly where one profile alone would", async () => {
    let inside = 0;
    await fc.assert(
      fc.asyncProperty(profiles, resources, args, async (agents, touches, given) => {
        const together = await code(agents, touches, given);
        const alone = await Promise.all(
          Object.entries(agents).map(([name, one]) => code({ [name]: one }, touches, given)),
        );
        expect(together === INSIDE).toBe(alone.includes(INSIDE));
        if (together === INSIDE) inside++;
        else {
          const known = alone.some((one) => one !== "unknown_agent");
          expect(together).toBe(known ? "out_of_scope" : "unknown_agent");
        }
      }),
      runs,
    );
    expect(inside).toBeGreaterThan(20);
  });

  verifies("scope.22", "do not depend on the order of profiles and entries", async () => {
    const turned = <Value>(of: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(of).reverse());
    await fc.assert(
      fc.asyncProperty(profiles, resources, args, async (agents, touches, given) => {
        const others = Object.fromEntries(
          Object.entries(turned(agents)).map(([name, one]) => [
            name,
            {
              ...one,
              ...(one.databases && { databases: turned(one.databases) }),
              ...(one.endpoints && { endpoints: one.endpoints.toReversed() }),
              ...(one.network && { network: one.network.toReversed() }),
              ...(one.paths && { paths: turned(one.paths) }),
            },
          ]),
        );
        expect(await code(others, touches, given)).toBe(await code(agents, touches, given));
      }),
      runs,
    );
  });

  verifies(
    "scope.22",
    "are never wider for a profile less, a dimension less, an entry less",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          profiles,
          resources,
          args,
          fc.nat(),
          async (agents, touches, given, pick) => {
            if ((await code(agents, touches, given)) === INSIDE) return;
            const names = Object.keys(agents);
            const name = names[pick % Math.max(1, names.length)];
            const one = name === undefined ? undefined : agents[name];
            if (name === undefined || one === undefined) return;
            const { [name]: _, ...fewer } = agents;
            expect(await code(fewer, touches, given)).not.toBe(INSIDE);
            for (const dimension of ["databases", "endpoints", "network", "paths"] as const) {
              const { [dimension]: entries, ...narrow } = one;
              expect(await code({ ...agents, [name]: narrow }, touches, given)).not.toBe(INSIDE);
              if (entries === undefined) continue;
              const less = Array.isArray(entries)
                ? entries.slice(1)
                : Object.fromEntries(Object.entries(entries).slice(1));
              const shorter = { ...one, [dimension]: less } as AgentProfile; // of the same type as before
              expect(await code({ ...agents, [name]: shorter }, touches, given)).not.toBe(INSIDE);
            }
          },
        ),
        runs,
      );
    },
  );

  verifies("scope.22", "are explained as they are decided", async () => {
    await fc.assert(
      fc.asyncProperty(profiles, resources, args, async (agents, touches, given) => {
        const evaluator = await evaluatorOf(policyFor(agents, touches));
        const request = requestOf(evaluator, given);
        const explained = explainScope(evaluator, request) ?? [];
        const { code: decided } = evaluator.evaluate(request).verdict;
        expect(explained.some(({ inside }) => inside)).toBe(decided === INSIDE);
        expect(explained.some(({ when }) => when === "matched")).toBe(decided !== "unknown_agent");
        for (const { inside, when, holdsTool, outside } of explained) {
          expect(inside).toBe(when === "matched" && holdsTool && outside.length === 0);
        }
      }),
      runs,
    );
  });
});

describe("a URL made to confuse", () => {
  const piece = fc.constantFrom(
    ..."https http javascript : / // \\ @ ? # % . .. ; * ~ 0 1 - _ a".split(" "),
    ..."api acme test evil orders admin user".split(" "),
    ..."%2e %2E %2f %2F %5c %00 %0a %25 %252e %252f %c0%af %3a %40".split(" "),
    ..."api.acme.test evil.test /orders/ /orders/../ api.acme.test:443 [::1] 127.1".split(" "),
    " ",
    "\t",
    "\n",
    "\0",
    "\u2024",
    "\uFF0F",
    "\u3002",
    "\u200B",
    "\u00AD",
    "é",
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 10 }).map((parts) => parts.join("")),
    fc
      .array(piece, { maxLength: 6 })
      .map((parts) => `https://api.acme.test/orders/${parts.join("")}`),
    fc
      .tuple(fc.array(piece, { maxLength: 4 }), fc.array(piece, { maxLength: 4 }))
      .map(([host, path]) => `https://${host.join("")}api.acme.test/orders/${path.join("")}`),
  );

  /** What servers might make of a path: any number of layers decoded, parameters cut off. */
  function* readings(path: string): Generator<string> {
    let now = path;
    for (let layer = 0; layer < 4; layer++) {
      yield now;
      yield now.replaceAll(/;[^/]*/g, "");
      yield now.replaceAll("\\", "/");
      now = now.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    }
  }

  verifies("scope.23", "is inside only where every reader finds host and folder", async () => {
    const desk = {
      when: HOLDS,
      tools: ["tool"],
      at: AT,
      endpoints: ["https://api.acme.test/orders/**"],
    };
    const evaluator = await evaluatorOf(
      policyFor({ desk }, { endpoints: [{ kind: "expression", expression: argument("url") }] }),
    );
    let inside = 0;
    fc.assert(
      fc.property(text, (url) => {
        const { verdict } = evaluator.evaluate(requestOf(evaluator, { url }));
        if (verdict.code !== INSIDE) return;
        inside++;
        const { host, protocol, username, pathname } = new URL(url);
        expect([protocol, username]).toEqual(["https:", ""]);
        expect(host.replace(/\.$/, "")).toBe("api.acme.test");
        const raw = /^https:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? "";
        for (const written of [pathname, raw]) {
          for (const reading of readings(written)) {
            expect(posix.normalize(reading), url).toMatch(/^\/orders(\/|$)/);
          }
        }
      }),
      { numRuns: 20_000 },
    );
    expect(inside).toBeGreaterThan(500);
  });
});
