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
            session: [],
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
            session: [],
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

  it("lays columns that are paths over the case and its defaults", () => {
    const text = `defaults: { agent: { id: a1, roles: [clerk] }, user: { id: u1 }, facts: { f: { g: 1, h: 2 } } }
cases:
  - name: exports
    call: { tool: t, arguments: { size: 5, of: { x: 1, y: 2 } } }
    context: { shift: day }
    expect: { effect: allow, code: allowed }
    table:
      - { arguments.size: 6, agent.roles: [admin], expect.effect: deny }
      - { arguments.of.y: 3, facts.f.g: 9, context.shift: night, tenant: t1, call.tool: u }
      - { arguments: { size: 7 }, arguments.size: 8, identity: { agent: { id: b } }, agent.team: x }
`;
    const result = parsePolicyTests(text, "p.test.yaml");
    const cases = result.ok ? result.tests.cases : [];
    expect(result).toMatchObject({ ok: true });
    const [first, second, third] = cases;
    const clerk = {
      agent: { id: "a1", roles: ["clerk"] },
      user: { id: "u1" },
      context: { shift: "day" },
    };
    expect(first).toMatchObject({
      call: { tool: "t", arguments: { size: 6, of: { x: 1, y: 2 } } },
      identity: { ...clerk, agent: { id: "a1", roles: ["admin"] } },
      expect: { effect: "deny", code: "allowed" },
      at: { line: 8 },
    });
    expect(second).toMatchObject({
      call: { tool: "u", arguments: { size: 5, of: { x: 1, y: 3 } } },
      identity: { ...clerk, tenant: "t1", context: { shift: "night" } },
      facts: { f: { g: 9, h: 2 } },
    });
    expect(third?.call.arguments).toEqual({ size: 8, of: { x: 1, y: 2 } });
    // A row's `identity` replaces all of it, and its own parts are laid over that.
    expect(third?.identity).toEqual({ agent: { id: "b", team: "x" } });
  });

  it("reads the calls before that of a case, each with its own instant and identity", () => {
    const text = `cases:
  - name: c
    agent: { id: a1 }
    facts: { f: 1 }
    time: "2026-11-22T10:00:00Z"
    session:
      - { at: "2026-11-22T09:59:00Z", call: { tool: t, id: c1 }, times: 3, result: { rows: 2 } }
      - { at: -30s, call: { tool: t, arguments: { n: 1 } }, agent: { id: a2 }, review: reject }
      - { call: { tool: t }, facts: { f: 2 }, expect: { effect: deny } }
      - { at: -500ms, call: { tool: t } }
    call: { tool: t }
    expect: { effect: allow }
`;
    const result = parsePolicyTests(text, "p.test.yaml");
    const common = { identity: { agent: { id: "a1" } }, facts: { f: 1 } };
    const plain = { ...common, times: 1, result: null, review: "approve" };
    expect(result.ok && result.tests.cases[0]?.session).toEqual([
      {
        ...plain,
        at: { file: "p.test.yaml", line: 7 },
        call: { tool: "t", id: "c1", arguments: {} },
        beforeMs: 60_000,
        times: 3,
        result: { rows: 2 },
      },
      {
        ...plain,
        at: { file: "p.test.yaml", line: 8 },
        call: { tool: "t", arguments: { n: 1 } },
        identity: { agent: { id: "a2" } },
        beforeMs: 30_000,
        review: "reject",
      },
      {
        ...plain,
        at: { file: "p.test.yaml", line: 9 },
        call: { tool: "t", arguments: {} },
        facts: { f: 2 },
        beforeMs: 30_000,
        expect: { effect: "deny" },
      },
      {
        ...plain,
        at: { file: "p.test.yaml", line: 10 },
        call: { tool: "t", arguments: {} },
        beforeMs: 500,
      },
    ]);
  });

  it.each([
    [
      "a column that names nothing",
      "cases:\n  - name: c\n    agent: { id: a }\n    call: { tool: t }\n    expect: { effect: allow }\n    table: [{ argumets.size: 1 }, { sesion: [] }, { time.zone: x }, { arguments..x: 1 }]\n",
      [
        "6:15 unknown_key: `argumets.size` is not a column of a table.",
        "6:37 unknown_key: `sesion` is not a column of a table.",
        "6:53 unknown_key: `time.zone` is not a column of a table.",
        "6:71 unknown_key: `arguments..x` is not a column of a table.",
      ],
    ],
    [
      "a value of a row that does not fit, at the row",
      "cases:\n  - name: c\n    agent: { id: a }\n    call: { tool: t }\n    expect: { effect: allow }\n    table:\n      - { expect.effect: alow }\n      - { agent.roles: clerk }\n      - { expect: { efect: deny } }\n",
      [
        "7:26 bad_value: `effect` is `alow`",
        "8:24 wrong_shape: `roles` is `clerk`; expected a list.",
        "9:21 unknown_key: `efect` is not a key of `expect`.",
      ],
    ],
    [
      "earlier calls that are not earlier, not in order, or at no instant",
      'cases:\n  - name: c\n    agent: { id: a }\n    session:\n      - { call: { tool: t }, at: -10s }\n      - { call: { tool: t }, at: -20s }\n      - { call: { tool: t }, at: soon }\n      - { call: { tool: t }, at: "2026-01-01T00:00:00Z" }\n    call: { tool: t }\n    expect: { effect: allow }\n',
      [
        "6:34 bad_date: `-20s` is before the call above it.",
        "7:34 bad_date: `soon` is no instant.",
        "8:34 bad_date: `2026-01-01T00:00:00Z` is an instant, and the case has no `time`",
      ],
    ],
    [
      "an earlier call after the case",
      'cases:\n  - name: c\n    agent: { id: a }\n    time: "2026-01-01T00:00:00Z"\n    session: [{ call: { tool: t }, at: "2026-01-01T00:00:01Z" }]\n    call: { tool: t }\n    expect: { effect: allow }\n',
      ["5:40 bad_date: `2026-01-01T00:00:01Z` is after the case's own call."],
    ],
    [
      "an expected obligation of no kind that there is",
      "defaults: { agent: { id: a } }\ncases:\n  - { name: c, call: { tool: t }, expect: { effect: allow, obligations: [{ kind: rate, max: 1 }] } }\n",
      ["3:82 bad_value: `kind` is `rate`; expected `max_batch_size`, `rate_limit` or `redact`."],
    ],
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
      [
        "2:13 missing_key: The case says nowhere who calls: it has no `agent`, and `defaults` has none.",
      ],
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
      [
        "3:59 conflicting_keys: An expected fallback is a `message`, a `value`, a `route`, or a `tool` with its `arguments`.",
      ],
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
