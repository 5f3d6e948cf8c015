import { describe, expect, it } from "vitest";
import { parsePolicyTests } from "./parse.ts";

function errorsOf(text: string): readonly string[] {
  const result = parsePolicyTests(text, "p.test.yaml");
  return result.ok
    ? []
    : result.errors.map(
        ({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`,
      );
}

describe("parsePolicyTests", () => {
  it("reads cases with their defaults", () => {
    const text = `policy: [seed.yaml, more.yaml]
defaults:
  identity: { agent: { id: a1, roles: [clerk], team: x }, user: { id: u1 }, tenant: t1 }
  time: "2026-11-22T10:00:00Z"
cases:
  - name: small exports are allowed
    call: { tool: export_data, arguments: { size: 5 } }
    expect: { effect: allow, code: allowed_by_default, rule: null, arguments: { size: 5 } }
  - name: an admin is not asked
    call: { tool: export_data }
    identity: { agent: { id: a2 } }
    facts: { f: 1 }
    expect: { effect: deny, rule: r, fallback: { message: no } }
`;
    expect(parsePolicyTests(text, "p.test.yaml")).toEqual({
      ok: true,
      tests: {
        policy: ["seed.yaml", "more.yaml"],
        cases: [
          {
            name: "small exports are allowed",
            at: { file: "p.test.yaml", line: 6 },
            call: { tool: "export_data", arguments: { size: 5 } },
            identity: {
              agent: { id: "a1", roles: ["clerk"], team: "x" },
              user: { id: "u1" },
              tenant: "t1",
            },
            time: Date.parse("2026-11-22T10:00:00Z"),
            expect: {
              effect: "allow",
              code: "allowed_by_default",
              rule: null,
              arguments: { size: 5 },
            },
          },
          {
            name: "an admin is not asked",
            at: { file: "p.test.yaml", line: 9 },
            call: { tool: "export_data", arguments: {} },
            identity: { agent: { id: "a2" } },
            time: Date.parse("2026-11-22T10:00:00Z"),
            facts: { f: 1 },
            expect: { effect: "deny", rule: "r", fallback: { message: "no" } },
          },
        ],
      },
    });
  });

  it("writes tables out", () => {
    const text = `defaults: { identity: { agent: { id: a1 } } }
cases:
  - name: exports
    call: { tool: export_data, arguments: { table: orders, size: 5 } }
    expect: { effect: allow }
    table:
      - { name: large, arguments: { size: 5000 }, expect: { effect: review } }
      - { identity: { agent: { id: a2 } }, time: "2026-01-01T00:00:00Z" }
`;
    const result = parsePolicyTests(text, "p.test.yaml");
    expect(
      result.ok &&
        result.tests.cases.map(({ name, at, call, identity, expect: { effect } }) => [
          name,
          at.line,
          call.arguments,
          identity.agent.id,
          effect,
        ]),
    ).toEqual([
      ["exports / large", 7, { table: "orders", size: 5000 }, "a1", "review"],
      ["exports / 2", 8, { table: "orders", size: 5 }, "a2", "allow"],
    ]);
  });

  it.each([
    [
      "no YAML",
      "cases: @\n",
      ["1:8 yaml_syntax: Not YAML: Plain value cannot start with reserved character @."],
    ],
    ["no cases", "policy: p.yaml\n", ["1:1 missing_key: The policy has no `cases`."]],
    [
      "an unknown key",
      "defaults: { identity: { agent: { id: a } } }\ncases:\n  - { name: c, cal: { tool: t }, expect: { effect: allow } }\n",
      ["3:16 unknown_key: `cal` is not a key of a case."],
    ],
    [
      "an unknown code and effect",
      "defaults: { identity: { agent: { id: a } } }\ncases:\n  - { name: c, call: { tool: t }, expect: { effect: permit, code: alowed } }\n",
      [
        "3:53 bad_value: `effect` is `permit`; expected `allow`, `review` or `deny`.",
        "3:67 bad_value: `code` is `alowed`",
      ],
    ],
    [
      "nobody who acts",
      "cases:\n  - { name: c, call: { tool: t }, expect: { effect: allow } }\n",
      ["2:13 missing_key: The case has no `identity`, and `defaults` has none."],
    ],
    [
      "nothing expected",
      "defaults: { identity: { agent: { id: a } } }\ncases:\n  - { name: c, call: { tool: t } }\n",
      ["3:13 missing_key: The case has no `expect`."],
    ],
    [
      "an instant that is none",
      "defaults: { identity: { agent: { id: a } }, time: noon }\ncases:\n  - { name: c, call: { tool: t }, expect: { effect: allow } }\n",
      ["1:51 bad_date: `noon` is no instant."],
    ],
    [
      "two cases of one name",
      "defaults: { identity: { agent: { id: a } } }\ncases:\n  - { name: c, call: { tool: t }, expect: { effect: allow } }\n  - { name: c, call: { tool: t }, expect: { effect: allow } }\n",
      ["4:13 duplicate_name: A case of the name `c` stands on line 3 already."],
    ],
    [
      "a fallback that is both",
      "defaults: { identity: { agent: { id: a } } }\ncases:\n  - { name: c, call: { tool: t }, expect: { effect: deny, fallback: { message: a, value: b } } }\n",
      ["3:59 conflicting_keys: An expected fallback is either a `message` or a `value`."],
    ],
    [
      "an agent without an id",
      "cases:\n  - { name: c, call: { tool: t }, identity: { agent: { roles: [a] } }, expect: { effect: deny } }\n",
      ["2:47 missing_key: `agent` has no `id`."],
    ],
  ])("refuses %s", (_what, text, expected) => {
    const errors = errorsOf(text);
    expect(errors).toHaveLength(expected.length);
    expected.forEach((start, index) => expect(errors[index]).toContain(start));
  });
});
