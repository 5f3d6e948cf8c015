import type { AgentProfile, Expression, Policy, Resources, ValueTemplate } from "@interlatch/core";
import { argument, HOLDS, policyOf } from "../../policies.ts";
import { type HostileCase, many, MOST_TEXT } from "./case.ts";

const AT = { file: "hostile.yaml", line: 1 };

/** A policy of one tool that touches this, and of so many profiles. */
function scoped(
  resources: Resources,
  profiles: number,
  profile: (index: number) => Partial<AgentProfile>,
): Policy {
  const made = many(profiles, (index): [string, AgentProfile] => [
    `p${index}`,
    { when: HOLDS, tools: ["tool"], at: AT, ...profile(index) },
  ]);
  return policyOf({
    tools: { tool: { default: "allow", resources } },
    agents: Object.fromEntries(made),
  });
}

const taken = (name: string): ValueTemplate => ({ kind: "expression", expression: argument(name) });
const inText = (expression: Expression): ValueTemplate => ({
  kind: "text",
  parts: ["https://a.test/", expression],
});

export const SCOPE_CASES: readonly HostileCase[] = [
  {
    name: "a thousand globs of URLs in each profile, a long URL",
    policy: async () =>
      scoped({ endpoints: [taken("url")] }, 100, (index) => ({
        endpoints: many(300, (at) => `https://*.a${index}.test/${"*a".repeat(30)}${at}`),
      })),
    arguments: () => ({ url: `https://x.a99.test/${"a".repeat(8_000)}` }),
  },
  {
    name: "globs of URLs that nearly fit",
    policy: async () =>
      scoped({ endpoints: [taken("urls")] }, 10, () => ({
        endpoints: many(100, (at) => `https://a.test/${"**a*".repeat(60)}${at}`),
      })),
    arguments: () => ({ urls: many(120, () => `https://a.test/${"a/".repeat(4_000)}`) }),
  },
  {
    name: "many short URLs",
    policy: async () =>
      scoped({ endpoints: [taken("urls")] }, 1_000, (index) => ({
        endpoints: [`https://a.test/${index}/*`],
      })),
    arguments: () => ({ urls: many(20_000, (index) => `https://A.test/${index}`) }),
  },
  {
    name: "many URLs of international hosts",
    policy: async () =>
      scoped({ endpoints: [taken("urls")] }, 1, () => ({ endpoints: ["https://**.com/**"] })),
    arguments: () => ({
      urls: many(
        15_000,
        (index) => `https://xn--bcher-kva.xn--bcher-kva.xn--bcher-kva${index}.test/`,
      ),
    }),
  },
  {
    name: "long URLs with escapes that go deep",
    policy: async () =>
      scoped({ endpoints: [taken("urls")] }, 10, () => ({ endpoints: ["https://**.com/**"] })),
    arguments: () => ({ urls: many(125, () => `https://a.test/${"%25".repeat(2_700)}`) }),
  },
  {
    name: "URLs with escapes that are no UTF-8",
    policy: async () =>
      scoped({ endpoints: [taken("urls")] }, 1, () => ({ endpoints: ["https://**/**"] })),
    arguments: () => ({ urls: many(30_000, (index) => `https://a.test/%ff/${index}`) }),
  },
  {
    name: "URLs of full-width signs",
    policy: async () =>
      scoped({ endpoints: [taken("urls")] }, 1, () => ({ endpoints: ["https://**/**"] })),
    arguments: () => ({
      urls: many(125, () => `https://a.test/${"\uff0e\uff41\u0390\ufdfa/".repeat(1_600)}`),
    }),
  },
  {
    name: "URLs made of parts",
    policy: async () =>
      scoped({ endpoints: many(1_000, () => inText(argument("part"))) }, 1, () => ({
        endpoints: ["https://**.com/**"],
      })),
    arguments: () => ({ part: "a/".repeat(4_000) }),
  },
  {
    name: "a megabyte as the name of a thousand endpoints and hosts",
    policy: async () =>
      scoped(
        {
          endpoints: many(1_000, () => taken("text")),
          network: many(1_000, () => taken("text")),
          paths: many(1_000, () => ({ path: taken("text"), access: "read" as const })),
        },
        1,
        () => ({ endpoints: ["e"], network: ["a.test"], paths: { "/": "read" } }),
      ),
    arguments: () => ({ text: ":/".repeat(MOST_TEXT / 2) }),
  },
  {
    name: "long texts that are no URL as a thousand endpoints",
    policy: async () =>
      scoped({ endpoints: many(1_000, () => taken("urls")) }, 1, () => ({
        endpoints: ["https://a.test/**"],
      })),
    arguments: () => ({ urls: many(127, () => `${"a".repeat(8_000)}://`) }),
  },
  {
    name: "many hosts against many ranges",
    policy: async () =>
      scoped({ network: [taken("hosts")] }, 100, () => ({
        network: many(300, (index) => `2001:db8:${index.toString(16)}::/77`),
      })),
    arguments: () => ({ hosts: many(20_000, (index) => `2001:db8:1::${(index % 9_999) + 1}`) }),
  },
  {
    name: "many hosts against many globs",
    policy: async () =>
      scoped({ network: [taken("hosts")] }, 10, () => ({
        network: many(500, (index) => `${"*a".repeat(20)}.a${index}.test`),
      })),
    arguments: () => ({ hosts: many(4_000, (index) => `${"a".repeat(200)}.a${index}.test`) }),
  },
  {
    name: "many paths against many directories",
    policy: async () =>
      scoped({ paths: [{ path: taken("paths"), access: "read" }] }, 100, () => ({
        paths: Object.fromEntries(
          many(300, (index) => [`/a/a/a/a/a/a/a/a/a/a/a/a/a/a/${index}`, "read" as const]),
        ),
      })),
    arguments: () => ({ paths: many(20_000, () => "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/x") }),
  },
  {
    name: "deep paths against deep directories",
    policy: async () =>
      scoped({ paths: [{ path: taken("path"), access: "read" }] }, 8, (at) => ({
        paths: Object.fromEntries(
          many(110, (index) => [`${"/a".repeat(3_400)}/${at}/${index}`, "read" as const]),
        ),
      })),
    arguments: () => ({ path: `${"/a".repeat(3_400)}/x` }),
  },
  {
    name: "paths with escapes that are no UTF-8",
    policy: async () =>
      scoped({ paths: [{ path: taken("paths"), access: "read" }] }, 1, () => ({
        paths: { "/": "write" },
      })),
    arguments: () => ({ paths: many(60_000, (index) => `/%ff/${index}`) }),
  },
  {
    name: "a thousand profiles of long conditions",
    policy: async () =>
      scoped({}, 1_000, (index) => ({
        when: {
          kind: "compare",
          operator: "in",
          left: { kind: "literal", value: `role${index}x` },
          right: { kind: "field", of: { kind: "variable", name: "agent" }, name: "roles" },
        },
      })),
    arguments: () => ({}),
    identity: () => ({ agent: { id: "a", roles: many(20_000, (index) => `role${index}y`) } }),
  },
  {
    name: "a call that touches a thousand things in a thousand profiles",
    policy: async () =>
      scoped(
        {
          databases: Object.fromEntries(many(1_000, (index) => [`d${index}`, "read" as const])),
          endpoints: [taken("name")],
        },
        300,
        () => ({
          databases: Object.fromEntries(many(1_000, (index) => [`d${index}`, "read" as const])),
          endpoints: many(3, (index) => `e${index}`),
        }),
      ),
    arguments: () => ({ name: "none" }),
  },
];
