import type { Policy } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";
import { formatDiagnostic } from "./diagnostics/format.ts";

const HEAD = `interlatch: 1
id: x
`;
const RULES = "rules: [{ name: r, tool: t, action: allow }]\n";

async function compiled(text: string): Promise<Policy> {
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  if (!result.ok) expect.fail(result.errors.map((one) => formatDiagnostic(one)).join("\n"));
  return result.policy;
}

/** What is marked on its line, then `code: message | hint`. */
async function errorsOf(text: string): Promise<readonly string[]> {
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  if (result.ok) return [];
  return result.errors.map(({ line, column, endColumn = column, code, message, hint }) => {
    const marked = text.split("\n")[line - 1]?.slice(column - 1, endColumn - 1) ?? "";
    return `${marked} ${code}: ${message}${hint === undefined ? "" : ` | ${hint}`}`;
  });
}

async function warningsOf(text: string): Promise<readonly string[]> {
  const { warnings } = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  return warnings.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

const ARGUMENTS = `    arguments:
      type: object
      properties:
        url: { type: string }
        urls: { type: array, items: { type: string } }
        size: { type: integer }
        note: { type: string }
      required: [url, urls, size]
`;

/** A policy whose tool touches this. */
function touching(resources: string): string {
  return `${HEAD}tools:\n  t:\n    operation: egress\n    resources: ${resources}\n${ARGUMENTS}${RULES}`;
}

/** A policy whose only profile lists this. */
function listing(dimensions: string): string {
  return `${HEAD}tools: { t: { operation: read, resources: none } }\nagents: { p: { when: "true", tools: t, ${dimensions} } }\n${RULES}`;
}

describe("the dimensions of a profile", () => {
  it("are compiled as they are written", async () => {
    const policy = await compiled(`${HEAD}agents:
  desk:
    when: agent.role == "desk"
    tools: [t]
    databases: { crm: read, orders: write }
    endpoints: [get_customer, "https://*.acme.test/orders/**"]
    network: ["*.internal.acme.test", 10.0.0.0/8, "::1"]
    paths: { /data: read, "/data/out": write }
tools: { t: { operation: read, resources: none } }
${RULES}`);
    expect(policy.agents?.["desk"]).toMatchObject({
      tools: ["t"],
      databases: { crm: "read", orders: "write" },
      endpoints: ["get_customer", "https://*.acme.test/orders/**"],
      network: ["*.internal.acme.test", "10.0.0.0/8", "::1"],
      paths: { "/data": "read", "/data/out": "write" },
    });
  });

  it("are not there where they are left out, and may be one text", async () => {
    const policy = await compiled(listing("network: acme.test"));
    expect(policy.agents?.["p"]).toMatchObject({ network: ["acme.test"] });
    expect(Object.keys(policy.agents?.["p"] ?? {})).not.toContain("databases");
  });

  const URLS =
    "Write a name, or a URL such as https://api.acme.test/orders/**, with scheme and host, and without a user, `..`, an encoded slash or a fragment.";
  const HOSTS =
    "Write a range such as 10.0.0.0/8, or hosts such as *.internal.acme.test; a glob never matches an address.";
  const DIRECTORIES = "Write one such as /data/reports; all below it is inside, without a star.";

  it.each([
    [
      'endpoints: ["https://u@acme.test/"]',
      '"https://u@acme.test/" bad_literal: `https://u@acme.test/` is neither the name of an endpoint nor a glob of URLs.',
      URLS,
    ],
    [
      'endpoints: [a, "https://acme.test/../x"]',
      '"https://acme.test/../x" bad_literal: `https://acme.test/../x` is neither the name of an endpoint nor a glob of URLs.',
      URLS,
    ],
    [
      'endpoints: "orders/*"',
      '"orders/*" bad_literal: `orders/*` is neither the name of an endpoint nor a glob of URLs.',
      URLS,
    ],
    [
      'endpoints: ["https://*.acme.test"]',
      '"https://*.acme.test" bad_literal: `https://*.acme.test` is neither the name of an endpoint nor a glob of URLs.',
      URLS,
    ],
    [
      "network: [10.0.0.0/33]",
      "10.0.0.0/33 bad_literal: `10.0.0.0/33` is neither a range of addresses nor a glob of host names.",
      HOSTS,
    ],
    [
      'network: ["10.0.0.*"]',
      '"10.0.0.*" bad_literal: `10.0.0.*` is neither a range of addresses nor a glob of host names.',
      HOSTS,
    ],
    [
      'network: ["https://acme.test"]',
      '"https://acme.test" bad_literal: `https://acme.test` is neither a range of addresses nor a glob of host names.',
      HOSTS,
    ],
    [
      "paths: { data/x: read }",
      "data/x bad_literal: `data/x` is no absolute directory.",
      DIRECTORIES,
    ],
    [
      'paths: { "/data/*": read }',
      '"/data/*" bad_literal: `/data/*` is no absolute directory.',
      DIRECTORIES,
    ],
    [
      "paths: { /data/../x: read }",
      "/data/../x bad_literal: `/data/../x` is no absolute directory.",
      DIRECTORIES,
    ],
  ])("are refused where nothing could match them: %s", async (dimensions, message, hint) => {
    expect(await errorsOf(listing(dimensions))).toEqual([`${message} | ${hint}`]);
  });

  it("are refused in another shape, with what was expected", async () => {
    expect(await errorsOf(listing("databases: { crm: admin }"))).toEqual([
      "admin bad_value: `crm` is `admin`; expected `read` or `write`.",
    ]);
    expect(await errorsOf(listing("databases: [crm]"))).toEqual([
      "[crm] wrong_shape: `databases` is a list; expected a map.",
    ]);
    expect(await errorsOf(listing("database: { crm: read }"))).toEqual([
      "database unknown_key: `database` is not a key of an agent profile. | Did you mean `databases`?",
    ]);
    expect(await errorsOf(listing('databases: { "a b": read }'))).toEqual([
      '"a b" bad_name: `a b` is no name of a database: 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `:`, `/`, `-`.',
    ]);
  });
});

describe("what a tool touches", () => {
  it("may come from its arguments, from identity and from facts", async () => {
    const policy = await compiled(
      touching(
        '{ databases: { crm: read }, endpoints: ["{arguments.url}", status], network: "{arguments.urls}", paths: { "/data/{tenant}/{arguments.size}": write } }',
      ),
    );
    const read = (name: string): unknown => ({
      kind: "field",
      of: { kind: "variable", name: "arguments" },
      name,
    });
    expect(policy.tools["t"]?.resources).toEqual({
      databases: { crm: "read" },
      endpoints: [
        { kind: "expression", expression: read("url") },
        { kind: "literal", value: "status" },
      ],
      network: [{ kind: "expression", expression: read("urls") }],
      paths: [
        {
          path: {
            kind: "text",
            parts: ["/data/", { kind: "variable", name: "tenant" }, "/", read("size")],
          },
          access: "write",
        },
      ],
    });
  });

  it("is nothing where it says `none`", async () => {
    expect((await compiled(touching("none"))).tools["t"]?.resources).toBeUndefined();
  });

  it.each([
    [
      '{ endpoints: ["{arguments.ulr}"] }',
      "arguments.ulr unknown_field: The tool `t` has no argument `ulr`. | Did you mean `url`?",
    ],
    [
      '{ endpoints: ["{arguments.note}"] }',
      "arguments.note optional_without_has: `arguments.note` may be missing, and reading a field that is missing is an error. | Ask first: `has(arguments.note) && ...`, or `!has(arguments.note) || ...`, with `has` on the left.",
    ],
    [
      '{ network: ["{arguments.size}"] }',
      "arguments.size wrong_type: An expression must give a text or a list of texts; this gives a number.",
    ],
    [
      '{ network: ["x.{arguments.urls}"] }',
      "arguments.urls wrong_type: An expression inside text must give a text, a number, a boolean or null; this gives a list.",
    ],
    [
      '{ paths: { "/d/{arguments.urls[0] +}": read } }',
      " condition_syntax: Not a condition: found the end where a value was expected.",
    ],
    [
      '{ endpoints: "{arguments.url" }',
      "{ bad_template: This `{` is never closed. | Write a literal brace twice: `{{`, `}}`.",
    ],
    [
      '{ endpoints: "https://acme.test/*" }',
      '"https://acme.test/*" bad_literal: `https://acme.test/*` is neither the name of an endpoint nor one URL. | Write a name, or a URL without a star; `{arguments.url}` takes it from the call.',
    ],
    [
      "{ network: 10.0.0.0/8 }",
      "10.0.0.0/8 bad_literal: `10.0.0.0/8` is neither a host nor the URL of one. | Write a host without a star; `{arguments.host}` takes it from the call.",
    ],
    [
      "{ paths: { data: read } }",
      "data bad_literal: `data` is no absolute path. | Write one such as /data/reports, without a star; `{arguments.path}` takes it from the call.",
    ],
    [
      "{ paths: { /data: delete } }",
      "delete bad_value: `/data` is `delete`; expected `read` or `write`.",
    ],
    [
      "{}",
      "{} wrong_shape: `resources` names nothing that a call touches. | Write `resources: none`.",
    ],
    [
      "{ regions: [eu] }",
      "regions unknown_key: `regions` is not a key of `resources`. | Known keys: databases, endpoints, network, paths.",
    ],
    ["nothing", "nothing bad_value: `resources` is `nothing`; expected `none`."],
    [
      "{ database: { crm: read } }",
      "database unknown_key: `database` is not a key of `resources`. | Did you mean `databases`?",
    ],
  ])("is checked where it is written: %s", async (resources, error) => {
    expect(await errorsOf(touching(resources))).toEqual([error]);
  });
});

describe("a tool in a profile that does not say what it touches", () => {
  const tools = "tools:\n  t: { operation: read }\n";

  it("is an error once any profile restricts anything", async () => {
    const agents =
      'agents: { p: { when: "true", tools: t }, q: { when: "true", endpoints: [a], paths: { /d: read } } }\n';
    expect(await errorsOf(`${HEAD}${tools}${agents}${RULES}`)).toEqual([
      't missing_key: The tool `t` has no `resources`. It is in the agent profile `p`, and profiles restrict `endpoints` and `paths`, so it must say what it touches. | Write `resources: none`, or what it touches, such as `resources: { endpoints: ["{arguments.url}"] }`.',
    ]);
  });

  it("is an error also where only a rule names it", async () => {
    const agents = 'agents: { p: { when: "true", tools: t, databases: { a: read } } }\n';
    expect((await errorsOf(`${HEAD}${agents}${RULES}`))[0]).toMatch(
      /^t missing_key: The tool `t` /,
    );
  });

  it("is a warning where no profile restricts anything, and nothing in no profile", async () => {
    const within = `${HEAD}${tools}agents: { p: { when: "true", tools: t } }\n${RULES}`;
    expect(await warningsOf(within)).toEqual(["4:3 resources_left_out"]);
    const without = `${HEAD}${tools}agents: { p: { when: "true" } }\n${RULES}`;
    expect(await warningsOf(without)).toEqual([]);
    expect(await warningsOf(`${HEAD}${tools}${RULES}`)).toEqual([]);
  });
});

describe("what a rule redacts", () => {
  const SCHEMA = `    arguments:
      type: object
      properties:
        card: { type: string }
        amount: { type: number }
        level: { enum: [low, high] }
        who: { type: object, properties: { name: { type: string } } }
        items: { type: array, items: { type: object, properties: { secret: { type: string } } } }
        tags: { type: array, items: { type: string } }
        any: {}
`;
  const redacting = (redact: string): string =>
    `${HEAD}tools:\n  t:\n    operation: read\n    resources: none\n${SCHEMA}rules:\n  - { name: r, tool: t, action: allow, redact: ${redact} }\n`;

  it("is compiled to names, whichever way it is written", async () => {
    const paths = [["card"], ["items", "*", "secret"]];
    const forms = [
      "[arguments.card, arguments.items.*.secret]",
      "[card, items.*.secret, arguments.card]",
      "{ paths: [card, items.*.secret] }",
      "{ paths: [card, items.*.secret], as: mark }",
    ];
    for (const form of forms) {
      const [rule] = (await compiled(redacting(form))).rules;
      expect(rule?.redact).toEqual({ paths, as: "mark" });
    }
    const [rule] = (await compiled(redacting("{ paths: card, as: token }"))).rules;
    expect(rule?.redact).toEqual({ paths: [["card"]], as: "token" });
  });

  it("may be any path of undescribed arguments", async () => {
    const text = `${HEAD}tools: { t: { operation: read } }\nrules:\n  - { name: r, tool: t, action: allow, redact: [a.b.*.c, any] }\n`;
    expect((await compiled(text)).rules[0]?.redact?.paths).toEqual([["a", "b", "*", "c"], ["any"]]);
    expect(
      (await compiled(redacting("[any.of.*.it, tags.*]"))).rules[0]?.redact?.paths,
    ).toHaveLength(2);
  });

  const FIX = "Redact a text, or let the schema of the argument take one as well.";
  it.each([
    [
      "[arguments.crad]",
      "arguments.crad unknown_field: The tool `t` has no argument `crad`. | Did you mean `card`?",
    ],
    [
      "[who.nmae]",
      "who.nmae unknown_field: `arguments.who` of the tool `t` has no field `nmae`. | Did you mean `name`?",
    ],
    [
      "[items.secret]",
      "items.secret wrong_type: `arguments.items` is a list and has no fields; `secret` names one. | Write `arguments.items.*.secret` for every item.",
    ],
    [
      "[card.number]",
      "card.number wrong_type: `arguments.card` is a text and has no fields; `number` names one.",
    ],
    [
      "[who.*]",
      "who.* wrong_type: `arguments.who` is an object; `*` stands for every item of a list.",
    ],
    [
      "[amount]",
      `amount wrong_type: \`arguments.amount\` of the tool \`t\` is a number; redacted it would no longer fit, and every call would be denied. | ${FIX}`,
    ],
    [
      "[level]",
      `level wrong_type: \`arguments.level\` of the tool \`t\` is one of a fixed list of texts; redacted it would no longer fit, and every call would be denied. | ${FIX}`,
    ],
    [
      "[who]",
      `who wrong_type: \`arguments.who\` of the tool \`t\` is an object; redacted it would no longer fit, and every call would be denied. | ${FIX}`,
    ],
    [
      "{ paths: [tags], as: token }",
      `tags wrong_type: \`arguments.tags\` of the tool \`t\` is a list; redacted it would no longer fit, and every call would be denied. | ${FIX}`,
    ],
    [
      "[arguments]",
      "arguments bad_literal: `arguments` is no path of an argument. | Write one such as `arguments.card`, or `arguments.items.*.secret` for every item of a list.",
    ],
    [
      '["*.a"]',
      '"*.a" bad_literal: `*.a` is no path of an argument. | Write one such as `arguments.card`, or `arguments.items.*.secret` for every item of a list.',
    ],
    [
      '["items[*].secret"]',
      '"items[*].secret" bad_literal: `items[*].secret` is no path of an argument. | Write one such as `arguments.card`, or `arguments.items.*.secret` for every item of a list.',
    ],
    ["{ paths: [card], as: hash }", "hash bad_value: `as` is `hash`; expected `mark` or `token`."],
    ["{ as: token }", "redact missing_key: `redact` has no `paths`."],
  ])("is checked against the arguments: %s", async (redact, error) => {
    expect(await errorsOf(redacting(redact))).toEqual([error]);
  });
});
