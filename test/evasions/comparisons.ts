import { guardOf, mustDeny, mustRun, type Evasion } from "./evasion.ts";

/** Ways to ask whether a number is five, through short cuts of the engine and without them. */
const FIVE = [
  "arguments.n == 5",
  "5 == arguments.n",
  'arguments["n"] == 5',
  "arguments.w.n == 5",
  "5 == arguments.w.n",
  "arguments.l[0] == 5",
  "arguments.n in [5]",
  "arguments.n in facts.fives",
  "arguments.n == facts.five",
  "facts.five == arguments.n",
  "[arguments.n] == [5]",
  '{"n": arguments.n} == {"n": 5}',
  "[1].exists(one, arguments.n == 5)",
  "arguments.l.all(one, one == 5) && size(arguments.l) == 1",
  "!(arguments.n != 5)",
  "arguments.n >= 5 && arguments.n <= 5",
  "arguments.n == 5 ? true : false",
];

const NOT_FIVE: readonly unknown[] = [
  "5",
  " 5",
  "5.0",
  "",
  5.000_000_1,
  -5,
  true,
  null,
  [5],
  [[5]],
  {},
  { n: 5 },
  { valueOf: 5 },
  5n,
  new Date(5),
];

/** Conditions about what may not be there, and calls for which each must be an error or false. */
const ABSENT: readonly (readonly [when: string, runs: object, denied: readonly object[]])[] = [
  [
    "arguments.a.x == arguments.b.x",
    { a: { x: 1 }, b: { x: 1 } },
    [{ a: {}, b: {} }, { a: { x: null }, b: {} }, { a: [], b: [] }, { a: null, b: null }, {}],
  ],
  [
    "arguments.a.toString == arguments.b.toString",
    { a: { toString: 1 }, b: { toString: 1 } },
    [
      { a: {}, b: {} },
      { a: [], b: [] },
      { a: "", b: "" },
    ],
  ],
  [
    'arguments.constructor != "evil"',
    { constructor: "good" },
    [{}, { constructor: "evil" }, { a: { constructor: "good" } }],
  ],
  [
    'arguments.a.constructor != "evil"',
    { a: { constructor: "good" } },
    [{}, { a: {} }, { a: [] }, { a: "x" }, { a: { constructor: "evil" } }],
  ],
  [
    'arguments.a["constructor"] != "evil"',
    { a: { constructor: "good" } },
    [{}, { a: {} }, { a: [] }, { a: "x" }],
  ],
  [
    "!has(arguments.a.admin)",
    { a: {} },
    [
      { a: { admin: false } },
      { a: { admin: null } },
      { a: { admin: 0 } },
      { a: { admin: "" } },
      { a: "x" },
      { a: [] },
      {},
    ],
  ],
  [
    '!("admin" in arguments.a)',
    { a: {} },
    [{ a: { admin: false } }, { a: { admin: null } }, { a: "admin" }, { a: ["admin"] }, {}],
  ],
  [
    '"toString" in arguments.a',
    { a: { toString: null } },
    [{ a: {} }, { a: [] }, { a: "toString" }, { a: { tostring: 1 } }, {}],
  ],
  [
    "arguments.a == null",
    { a: null },
    [{}, { a: 0 }, { a: "" }, { a: false }, { a: [] }, { a: {} }, { a: "null" }],
  ],
  [
    "size(arguments.l) == 0",
    { l: [] },
    [{}, { l: null }, { l: 0 }, { l: false }, { l: [null] }, { l: " " }],
  ],
  [
    'lower(arguments.s) == "stop"',
    { s: "STOP" },
    [{ s: "\uff33TOP" }, { s: "STOP " }, { s: "\u017ftop" }, { s: ["STOP"] }, { s: null }, {}],
  ],
];

/** Attacks by comparisons: what another language would convert, or find where nothing was sent. */
export const comparisonEvasions: readonly Evasion[] = [
  {
    id: "evasion.T26",
    title: "no comparison converts, whichever way it is written",
    run: async () => {
      for (const when of FIVE) {
        const { guard } = await guardOf(`
tools: { t: { operation: write, resources: none } }
facts: { five: 5, fives: [5] }
rules: [{ name: r, tool: t, when: '${when}', action: allow }]
`);
        const call = (n: unknown): object => ({ n, w: { n }, l: [n] });
        await mustRun(guard, "t", call(5));
        await mustRun(guard, "t", call(5.0));
        await mustDeny(guard, "t", [{}, ...NOT_FIVE.map(call)], "no_match");
      }
    },
  },
  {
    id: "evasion.T19",
    title: "what is not there equals nothing, and what every object inherits is not there",
    run: async () => {
      for (const [when, runs, denied] of ABSENT) {
        const { guard } = await guardOf(`
tools: { t: { operation: write, resources: none } }
facts: { five: 5 }
rules: [{ name: r, tool: t, when: '${when}', action: allow }]
`);
        await mustRun(guard, "t", runs);
        await mustDeny(guard, "t", denied, "no_match");
      }
    },
  },
];
