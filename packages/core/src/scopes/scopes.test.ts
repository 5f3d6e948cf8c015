import { describe, expect, it } from "vitest";
import { argument, compare, ERRS, HOLDS, HOLDS_NOT, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { evaluatorOf, requestOf } from "../../test/evaluation.ts";
import type { Evaluator } from "../decision/evaluator.ts";
import type { Expression } from "../policy/expression.ts";
import type { AgentProfile, Policy, Resources, ValueTemplate } from "../policy/ir.ts";
import { validatePolicy } from "../policy/validate.ts";
import { testGuard } from "../testing/index.ts";
import { explainScope } from "./explain.ts";

const AT = { file: "policy.yaml", line: 1 } as const;

function profile(parts: Partial<AgentProfile> = {}): AgentProfile {
  return { when: HOLDS, tools: ["tool"], at: AT, ...parts };
}

function from(name: string): ValueTemplate {
  return { kind: "expression", expression: argument(name) };
}

/** A policy of one tool that touches what the resources say, and of these profiles. */
function policy(
  resources: Resources,
  agents: Readonly<Record<string, AgentProfile>>,
  rules: Parameters<typeof policyOf>[0]["rules"] = [],
): Policy {
  return policyOf({ agents, tools: { tool: { resources, default: "allow" } }, rules });
}

interface Asked {
  readonly evaluator: Evaluator;
  readonly request: ReturnType<Evaluator["request"]>;
}

async function ask(given: Policy, args: object, tool = "tool"): Promise<Asked> {
  const evaluator = await evaluatorOf(given);
  const request = requestOf(evaluator, args, tool);
  return { evaluator, request };
}

async function verdict(given: Policy, args: object): Promise<{ code: string; reason: string }> {
  const { evaluator, request } = await ask(given, args);
  const { code, reason } = evaluator.evaluate(request).verdict;
  return { code, reason };
}

async function code(given: Policy, args: object): Promise<string> {
  return (await verdict(given, args)).code;
}

const INSIDE = "allowed_by_default";
const OUTSIDE = "out_of_scope";

/** Which of the URLs a profile with these endpoints holds. */
async function held(endpoints: readonly string[], urls: readonly unknown[]): Promise<unknown[]> {
  const given = policy({ endpoints: [from("url")] }, { desk: profile({ endpoints }) });
  const codes = await Promise.all(urls.map((url) => code(given, { url })));
  for (const one of codes) expect([INSIDE, OUTSIDE]).toContain(one);
  return urls.filter((_, index) => codes[index] === INSIDE);
}

async function reached(network: readonly string[], hosts: readonly unknown[]): Promise<unknown[]> {
  const given = policy({ network: [from("host")] }, { desk: profile({ network }) });
  const codes = await Promise.all(hosts.map((host) => code(given, { host })));
  return hosts.filter((_, index) => codes[index] === INSIDE);
}

describe("a call and the profiles of its agent", () => {
  verifies("scope.01", "lies wholly inside one profile, and nothing is merged", async () => {
    const resources = { databases: { orders: "read", invoices: "write" } } as const;
    const orders = profile({ databases: { orders: "read" } });
    const invoices = profile({ databases: { invoices: "write" } });
    const both = profile({ databases: { orders: "write", invoices: "write" } });
    expect(await code(policy(resources, { orders, invoices }), {})).toBe(OUTSIDE);
    expect(await code(policy(resources, { orders, invoices, both }), {})).toBe(INSIDE);
    // Tools and resources of two profiles make no third one either.
    const tools = profile();
    const touches = profile({ tools: [], databases: { orders: "write", invoices: "write" } });
    expect(await code(policy(resources, { tools, touches }), {})).toBe(OUTSIDE);
  });

  verifies("scope.02", "a dimension that is left out is empty, in every dimension", async () => {
    const full = profile({
      databases: { crm: "write" },
      endpoints: ["status"],
      network: ["**", "0.0.0.0/0"],
      paths: { "/": "write" },
    });
    const literal = (value: string): ValueTemplate => ({ kind: "literal", value });
    const touches: Readonly<Record<string, Resources>> = {
      databases: { databases: { crm: "read" } },
      endpoints: { endpoints: [literal("status")] },
      network: { network: [literal("db.acme.test")] },
      paths: { paths: [{ path: literal("/data"), access: "read" }] },
    };
    for (const [dimension, resources] of Object.entries(touches)) {
      expect(await code(policy(resources, { full }), {}), dimension).toBe(INSIDE);
      const { [dimension as keyof AgentProfile]: _, ...without } = full;
      const narrow = without as AgentProfile; // what was taken away is optional
      expect(await code(policy(resources, { narrow }), {}), dimension).toBe(OUTSIDE);
    }
  });

  verifies("scope.03", "write includes read, and read is not write", async () => {
    const tried = async (has: "read" | "write", wants: "read" | "write"): Promise<string> =>
      code(
        policy({ databases: { crm: wants } }, { desk: profile({ databases: { crm: has } }) }),
        {},
      );
    expect(await tried("write", "read")).toBe(INSIDE);
    expect(await tried("read", "read")).toBe(INSIDE);
    expect(await tried("read", "write")).toBe(OUTSIDE);
    const paths = policy(
      { paths: [{ path: from("path"), access: "write" }] },
      { desk: profile({ paths: { "/data": "read", "/data/out": "write" } }) },
    );
    expect(await code(paths, { path: "/data/out/a.csv" })).toBe(INSIDE);
    expect(await code(paths, { path: "/data/a.csv" })).toBe(OUTSIDE);
  });

  verifies("scope.04", "a profile whose condition errs holds nothing", async () => {
    const resources = { databases: { crm: "read" } } as const;
    const erring = profile({ when: ERRS, databases: { crm: "read" } });
    const right = profile({ databases: { crm: "read" } });
    expect(await code(policy(resources, { erring }), {})).toBe("unknown_agent");
    expect(await code(policy(resources, { erring, right }), {})).toBe(INSIDE);
    const other = profile({ when: HOLDS_NOT, databases: { crm: "read" } });
    expect(await code(policy(resources, { erring, other }), {})).toBe("unknown_agent");
  });

  verifies(
    "scope.05",
    "a resource that errs or is no text is outside, and no error loosens",
    async () => {
      const given = policy(
        { endpoints: [from("url")] },
        { desk: profile({ endpoints: ["https://**/**", "name"] }) },
      );
      for (const args of [
        {},
        { url: null },
        { url: 5 },
        { url: true },
        { url: { a: 1 } },
        { url: "" },
      ]) {
        expect(await code(given, args), JSON.stringify(args)).toBe(OUTSIDE);
      }
      expect(await code(given, { url: "name" })).toBe(INSIDE);
      const text = policy(
        { endpoints: [{ kind: "text", parts: ["https://a.test/", argument("id")] }] },
        { desk: profile({ endpoints: ["https://a.test/**"] }) },
      );
      expect(await code(text, { id: "x" })).toBe(INSIDE);
      expect(await code(text, { id: 7 })).toBe(INSIDE);
      for (const id of [null, ["x"], { a: "x" }]) {
        expect(await code(text, { id }), JSON.stringify(id)).toBe(OUTSIDE);
      }
      expect(await code(text, {})).toBe(OUTSIDE);
    },
  );

  verifies("scope.06", "of a list every member must be inside", async () => {
    const given = policy(
      { endpoints: [from("urls")] },
      { desk: profile({ endpoints: ["https://a.test/*", "b"] }) },
    );
    expect(await code(given, { urls: ["https://a.test/1", "b"] })).toBe(INSIDE);
    expect(await code(given, { urls: [] })).toBe(INSIDE);
    expect(await code(given, { urls: ["https://a.test/1", "https://evil.test/1"] })).toBe(OUTSIDE);
    expect(await code(given, { urls: ["b", 1] })).toBe(OUTSIDE);
    expect(await code(given, { urls: [["b"]] })).toBe(OUTSIDE);
  });

  verifies("scope.07", "a profile grants nothing", async () => {
    const agents = { desk: profile({ databases: { crm: "write" } }) };
    const tools = { tool: { resources: { databases: { crm: "write" } } } } as const;
    expect(await code(policyOf({ agents, tools }), {})).toBe("no_match");
    const rules = [{ action: "deny" }] as const;
    expect(await code(policyOf({ agents, tools, rules }), {})).toBe("rule_denied");
  });

  verifies(
    "scope.08",
    "what a denial says names profiles and dimensions, and no value",
    async () => {
      const given = policy(
        { databases: { crm: "read" }, endpoints: [from("url")] },
        {
          desk: profile({ databases: { crm: "read" }, endpoints: ["https://a.test/**"] }),
          books: profile({ databases: { ledger: "read" } }),
          bare: profile({ tools: [] }),
        },
      );
      const { reason } = await verdict(given, { url: "https://evil.test/secret" });
      expect(reason).toBe(
        "the call lies outside every profile of this agent: desk does not hold its endpoints, books does not hold its databases",
      );
      expect((await verdict(policy({}, { bare: profile({ tools: [] }) }), {})).reason).toBe(
        "the call lies outside every profile of this agent: bare does not hold the tool",
      );
    },
  );

  verifies("scope.09", "effective arguments are asked about again", async () => {
    const given = policyOf({
      agents: { desk: profile({ endpoints: ["https://a.test/5000"] }) },
      tools: {
        tool: {
          default: "allow",
          batch: { argument: "size" },
          resources: {
            endpoints: [{ kind: "text", parts: ["https://a.test/", argument("size")] }],
          },
        },
      },
      rules: [{ action: "allow", maxBatchSize: 100 }],
    });
    expect(await code(given, { size: 5000 })).toBe("obligation_failed");
    expect(await code(given, { size: 100 })).toBe(OUTSIDE);
  });

  verifies(
    "scope.10",
    "reading what a call touches is paid for out of the decision's budget",
    async () => {
      const given = policy(
        { endpoints: [from("urls")] },
        {
          desk: profile({
            endpoints: Array.from({ length: 900 }, (_, at) => `https://a${at}.test/*`),
          }),
        },
      );
      const urls = Array.from({ length: 9_000 }, () => "https://a899.test/x");
      expect(await code(given, { urls: urls.slice(0, 5) })).toBe(INSIDE);
      expect(await code(given, { urls })).toBe("budget_exhausted");
      expect(await code(given, { urls: `https://${"ä".repeat(500)}.test/` })).toBe(OUTSIDE);
    },
  );
});

describe("a tool in the list that a model is shown", () => {
  verifies("scope.11", "stays while only its arguments could put a call outside", async () => {
    const visible = async (resources: Resources): Promise<number> => {
      const guard = await testGuard(
        policy(resources, { desk: profile({ databases: { crm: "read" }, endpoints: ["a"] }) }),
      );
      return guard.visibleTools(guard.ticket(), [{ name: "tool" }]).length;
    };
    expect(await visible({ endpoints: [from("url")] })).toBe(1);
    expect(await visible({ databases: { crm: "read" } })).toBe(1);
    expect(await visible({ databases: { crm: "write" } })).toBe(0);
    expect(await visible({ endpoints: [{ kind: "literal", value: "b" }] })).toBe(0);
  });
});

describe("a URL and the globs of a profile", () => {
  const ORDERS = ["https://api.acme.test/orders/**"];

  verifies("scope.12", "must agree in scheme, host and port", async () => {
    const inside = [
      "https://api.acme.test/orders/1",
      "https://API.acme.test:443/orders/1",
      "HTTPS://api.acme.test./orders/",
    ];
    const outside = [
      "http://api.acme.test/orders/1",
      "https://api.acme.test:8443/orders/1",
      "https://api.acme.test.evil.test/orders/1",
      "https://evil.test/orders/1",
      "https://evil-api.acme.test/orders/1",
      "https://evil.test/https://api.acme.test/orders/1",
      "wss://api.acme.test/orders/1",
      "//api.acme.test/orders/1",
      "/orders/1",
      "javascript:alert(1)//api.acme.test/orders/1",
      "data:text/plain,https://api.acme.test/orders/1",
    ];
    expect(await held(ORDERS, [...inside, ...outside])).toEqual(inside);
  });

  verifies("scope.13", "hides no other host behind a user, a slash or a space", async () => {
    const outside = [
      "https://api.acme.test@evil.test/orders/1",
      "https://user@api.acme.test/orders/1",
      "https://@api.acme.test/orders/1",
      "https://evil.test\\@api.acme.test/orders/1",
      "https:\\\\api.acme.test\\orders\\1",
      "https:/api.acme.test/orders/1",
      "https:///api.acme.test/orders/1",
      "https:api.acme.test/orders/1",
      "https://api.acme.test%2eevil.test/orders/1",
      "https://api%2eacme.test/orders/1",
      " https://api.acme.test/orders/1",
      "https://api.acme.test/orders/1\n",
      "https://api.ac\tme.test/orders/1",
      "https://api.acme.test/ord\ners/1",
      "https://evil.test#@api.acme.test/orders/1",
      "https://evil.test?@api.acme.test/orders/1",
    ];
    expect(await held(ORDERS, outside)).toEqual([]);
  });

  verifies("scope.14", "cannot climb out of a folder in any spelling", async () => {
    const outside = [
      "https://api.acme.test/orders/../admin",
      "https://api.acme.test/orders/%2e%2e/admin",
      "https://api.acme.test/orders/%2E./admin",
      "https://api.acme.test/orders/.%2e/admin",
      "https://api.acme.test/orders/%252e%252e/admin",
      "https://api.acme.test/orders/%25252e%2e/admin",
      "https://api.acme.test/orders/..;/admin",
      "https://api.acme.test/orders/..;x=1/admin",
      "https://api.acme.test/orders/%2e%2e%3b/admin",
      "https://api.acme.test/orders/..%2fadmin",
      "https://api.acme.test/orders/a%2f..%2fadmin",
      "https://api.acme.test/orders/a%5cb",
      "https://api.acme.test/orders/a%252fb",
      "https://api.acme.test/orders\\..\\admin",
      "https://api.acme.test/orders/..",
      "https://api.acme.test/orders/../orders/1",
      "https://api.acme.test/orders/%c0%ae%c0%ae/admin",
      "https://api.acme.test/orders/%25c0%25ae/admin",
      "https://api.acme.test/orders/%ff",
      "https://api.acme.test/orders/..%00/",
      "https://api.acme.test/orders/a%2500",
      "https://api.acme.test/orders/a%0d%0ab",
      "https://api.acme.test/orders/a%c2%85b",
      "https://api.acme.test/orders/%zz",
      "https://api.acme.test/orders/50%",
      "https://api.acme.test/orders/%uff0e%uff0e/",
      "https://api.acme.test/orders/%ef%bc%8e%ef%bc%8e/admin",
      "https://api.acme.test/orders/\uff0e\uff0e/admin",
      "https://api.acme.test/orders/..\uff0fadmin",
    ];
    expect(await held(ORDERS, outside)).toEqual([]);
    const inside = [
      "https://api.acme.test/orders/caf%c3%a9/%E6%97%A5",
      "https://api.acme.test/orders/caf\u00e9",
      "https://api.acme.test/orders/50%25",
      "https://api.acme.test/orders/a%20b",
      "https://api.acme.test/orders/..a/b",
      "https://api.acme.test/orders/a..b",
      "https://api.acme.test/orders/./a",
    ];
    expect(await held(ORDERS, inside)).toEqual(inside);
  });

  verifies("scope.15", "fits whole, in its own case, with one star in one segment", async () => {
    const one = ["https://a.test/orders/*/lines"];
    const inside = [
      "https://a.test/orders/7/lines",
      "https://a.test/orders//lines",
      "https://a.test/orders/a%20b/lines",
    ];
    const outside = [
      "https://a.test/orders/7/8/lines",
      "https://a.test/Orders/7/lines",
      "https://a.test/orders/7/lines/",
      "https://a.test/x/orders/7/lines",
      "https://a.test/orders/lines",
      "https://a.test/%6frders/7/lines",
    ];
    expect(await held(one, [...inside, ...outside])).toEqual(inside);
    expect(
      await held(["https://a.test/"], ["https://a.test", "https://a.test/", "https://a.test/x"]),
    ).toEqual(["https://a.test", "https://a.test/"]);
  });

  verifies("scope.16", "brings a query or a fragment only where the glob says so", async () => {
    const urls = [
      "https://a.test/orders",
      "https://a.test/orders?admin=1",
      "https://a.test/orders#x",
      "https://a.test/orders?page=2",
      "https://a.test/orders?page=2&admin=1",
      "https://a.test/orders?page=..%2f",
    ];
    expect(await held(["https://a.test/orders"], urls)).toEqual([urls[0]]);
    expect(await held(["https://a.test/*"], urls)).toEqual([urls[0]]);
    expect(await held(["https://a.test/**"], urls)).toEqual(urls);
    expect(await held(["https://a.test/orders?page=*"], urls)).toEqual([urls[3], urls[5]]);
    expect(await held(["https://a.test/orders?**"], urls)).toEqual(urls);
  });

  verifies("scope.17", "has a host that a glob of names never takes an address for", async () => {
    const hosts = ["https://*.acme.test/**", "https://**.example.test/**"];
    const urls = [
      "https://a.acme.test/x",
      "https://a.b.example.test/x",
      "https://a.b.acme.test/x",
      "https://acme.test/x",
      "https://acme.test.evil.test/x",
    ];
    expect(await held(hosts, urls)).toEqual(urls.slice(0, 2));
    const any = [
      "https://a.test/x",
      "https://1.2.3.4/x",
      "https://0x7f000001/x",
      "https://[::1]/x",
      "https://localhost/x",
    ];
    expect(await held(["https://**/**", "https://*.*.*.*/**"], any)).toEqual([
      "https://a.test/x",
      "https://localhost/x",
    ]);
    expect(
      await held(
        ["https://10.0.0.5/**"],
        ["https://10.0.0.5/", "https://0xa.5/", "https://10.0.0.6/"],
      ),
    ).toEqual(["https://10.0.0.5/", "https://0xa.5/"]);
  });
});

describe("a host and the network of a profile", () => {
  verifies("scope.18", "is a name for globs and an address for ranges", async () => {
    const network = ["*.internal.acme.test", "10.0.0.0/8", "fd00::/8", "192.0.2.7", "2001:db8::1"];
    const inside = [
      "db.internal.acme.test",
      "DB.Internal.acme.test.",
      "https://db.internal.acme.test:8443/x?y#z",
      "10.1.2.3",
      "0x0a010203",
      "012.1.2.3",
      "167838211",
      "10.66051",
      "::ffff:10.1.2.3",
      "[::ffff:a01:203]",
      "http://10.1/",
      "fd12::1",
      "[fd12::1]",
      "192.0.2.7",
      "2001:db8:0::1",
    ];
    const outside = [
      "internal.acme.test",
      "a.b.internal.acme.test",
      "db.internal.acme.test.evil.test",
      "evilinternal.acme.test",
      "11.0.0.1",
      "192.0.2.8",
      "::1",
      "fe80::1%eth0",
      "10.0.0.1.evil.test",
      "user@db.internal.acme.test",
      "https://evil.test@db.internal.acme.test/",
      "db.internal.acme.test:5432",
      "db%2einternal.acme.test",
      "db.internal.acme.test/../x",
      "",
      " db.internal.acme.test",
      5,
      null,
    ];
    expect(await reached(network, [...inside, ...outside])).toEqual(inside);
  });

  verifies(
    "scope.19",
    "is never taken for an address when it is a name, nor the other way",
    async () => {
      const hosts = ["localhost", "ten.test", "1.2.3.4", "[::1]"];
      expect(await reached(["0.0.0.0/0", "::/0"], hosts)).toEqual(["1.2.3.4", "[::1]"]);
      expect(await reached(["**", "*.*.*.*"], hosts)).toEqual(["localhost", "ten.test"]);
    },
  );
});

describe("a path and the directories of a profile", () => {
  verifies(
    "scope.20",
    "is judged as `under` judges it, and what that cannot judge is outside",
    async () => {
      const given = policy(
        { paths: [{ path: from("path"), access: "read" }] },
        { desk: profile({ paths: { "/data/reports": "read" } }) },
      );
      for (const path of [
        "/data/reports",
        "/data/reports/a.csv",
        "/data//reports/./x",
        "/data/x/../reports/y",
      ]) {
        expect(await code(given, { path }), path).toBe(INSIDE);
      }
      const outside = [
        "/data/reports-old/a",
        "/data/reports/../secret",
        "/data/reports/%2e%2e/secret",
        "data/reports/a",
        "/data/reports/~root",
        "/data/reports/a\0b",
        "/data\\reports",
        "/data/reports/%zz",
        "/",
        "",
        5,
      ];
      for (const path of outside) {
        expect(await code(given, { path }), JSON.stringify(path)).toBe(OUTSIDE);
      }
    },
  );
});

describe("the explanation of a scope", () => {
  it("says of every profile what keeps the call out, and agrees with the decision", async () => {
    const given = policy(
      { databases: { crm: "read" }, endpoints: [from("url")] },
      {
        desk: profile({ databases: { crm: "read" }, endpoints: ["https://a.test/**"] }),
        books: profile({ when: HOLDS_NOT, databases: { crm: "write" } }),
        bare: profile({ when: ERRS, tools: [] }),
      },
    );
    const { evaluator, request } = await ask(given, { url: "https://b.test/" });
    expect(evaluator.evaluate(request).verdict.code).toBe(OUTSIDE);
    const endpoint = { dimension: "endpoints", resource: "https://b.test/" };
    const database = { dimension: "databases", resource: "crm", access: "read" };
    expect(explainScope(evaluator, request)).toEqual([
      {
        name: "desk",
        at: AT,
        when: "matched",
        holdsTool: true,
        outside: [endpoint],
        inside: false,
      },
      {
        name: "books",
        at: AT,
        when: "not_matched",
        holdsTool: true,
        outside: [endpoint],
        inside: false,
      },
      {
        name: "bare",
        at: AT,
        when: "error",
        holdsTool: false,
        outside: [database, endpoint],
        inside: false,
      },
    ]);
    const inside = await ask(given, { url: "https://a.test/" });
    expect(explainScope(inside.evaluator, inside.request)?.map((one) => one.inside)).toEqual([
      true,
      false,
      false,
    ]);
    const unread = await ask(given, {});
    expect(explainScope(unread.evaluator, unread.request)?.[0]?.outside).toEqual([
      { dimension: "endpoints", resource: null },
    ]);
  });

  it("is none without profiles, and of an unknown tool", async () => {
    const open = await ask(policyOf({ tools: { tool: {} } }), {});
    expect(explainScope(open.evaluator, open.request)).toBeNull();
    const unknown = await ask(policy({}, { desk: profile() }), {}, "other");
    expect(explainScope(unknown.evaluator, unknown.request)).toBeNull();
  });
});

describe("a policy with scopes that nobody's compiler wrote", () => {
  const wrong: Readonly<Record<string, unknown>> = {
    "an endpoint that is no URL": profile({ endpoints: ["https://u@a.test/"] }),
    "an endpoint that is a bare star": profile({ endpoints: ["*"] }),
    "a range that is none": profile({ network: ["10.0.0.0/33"] }),
    "a relative directory": profile({ paths: { "data/": "read" } }),
    "an access that is none": { ...profile(), databases: { crm: "admin" } },
    "a database named __proto__": { ...profile(), databases: JSON.parse('{"__proto__":"write"}') },
    "a dimension nobody knows": { ...profile(), regions: ["eu"] },
    "endpoints that are no list": { ...profile(), endpoints: { a: "read" } },
  };
  for (const [what, desk] of Object.entries(wrong)) {
    verifies("scope.21", `is refused for ${what}`, () => {
      const agents = { desk } as Readonly<Record<string, AgentProfile>>; // what a hostile bundle may say
      expect(() => validatePolicy(policyOf({ agents, tools: { tool: {} } }))).toThrow(
        expect.objectContaining({ code: "ERR_BUNDLE_POLICY" }),
      );
    });
  }

  verifies("scope.21", "is refused for resources that are no texts", () => {
    const literal = (value: unknown): unknown => ({ kind: "literal", value });
    const hostile: readonly unknown[] = [
      { endpoints: [literal(5)] },
      { endpoints: [{ kind: "list", items: [literal("a")] }] },
      { endpoints: [{ kind: "text", parts: [] }] },
      { endpoints: "a" },
      { paths: { "/a": "read" } },
      { paths: [{ path: literal("/a") }] },
      { paths: [{ path: literal("/a"), access: "all" }] },
      { databases: ["crm"] },
      { others: [] },
      "none",
    ];
    for (const resources of hostile) {
      const tool = { resources: resources as Resources }; // what a hostile bundle may say
      expect(
        () => validatePolicy(policyOf({ tools: { tool } })),
        JSON.stringify(resources),
      ).toThrow(expect.objectContaining({ code: "ERR_BUNDLE_POLICY" }));
    }
  });

  it("finds a database named like a member of Object.prototype only where it is listed", async () => {
    const desk = profile({ databases: { crm: "write" } });
    for (const name of ["constructor", "toString", "hasOwnProperty"]) {
      expect(await code(policy({ databases: { [name]: "read" } }, { desk }), {})).toBe(OUTSIDE);
    }
  });

  it("judges a profile by an expression over the call's identity", async () => {
    const when: Expression = compare(
      { kind: "field", of: { kind: "variable", name: "agent" }, name: "id" },
      "==",
      "a",
    );
    expect(await code(policy({}, { desk: profile({ when }) }), {})).toBe(INSIDE);
  });
});
