import type { AdapterUnderTest } from "@interlatch/conformance";

/** What can become of a call, and the requirements of the kit that show it. */
export interface Column {
  /** As `--effect` takes it. */
  readonly effect: string;
  /** All of them must hold. */
  readonly requirements: readonly string[];
  /** What happens in a framework that has no such thing; `undefined`: it has. */
  readonly instead?: (adapter: AdapterUnderTest) => string | undefined;
}

/** Held by answers through `guard.approvals`: the framework itself has no form for them. */
export const AGAIN = "↻";

function again({ pause }: AdapterUnderTest): string | undefined {
  return pause === undefined ? AGAIN : undefined;
}

/** In the order of the table. The vectors stand in none: they are of all columns, and the tests replay them. */
export const COLUMNS: readonly Column[] = [
  {
    effect: "allow",
    requirements: [
      "adapter.allow",
      "adapter.clamp",
      "adapter.mutation",
      "adapter.records",
      "adapter.tool-error",
    ],
  },
  {
    effect: "deny",
    requirements: [
      "adapter.deny",
      "adapter.mixed",
      "adapter.ids",
      "adapter.duplicate",
      "adapter.unknown",
      "adapter.identity",
      "adapter.guard-error",
    ],
  },
  { effect: "message", requirements: ["adapter.message", "adapter.repeated"] },
  { effect: "value", requirements: ["adapter.value"] },
  { effect: "tool", requirements: ["adapter.tool"] },
  {
    effect: "route",
    requirements: ["adapter.route"],
    instead: ({ routes }) => (routes === true ? undefined : "message"),
  },
  {
    effect: "throw",
    requirements: ["adapter.throw"],
    instead: ({ catches }) => (catches === true ? "message" : undefined),
  },
  { effect: "approve", requirements: ["adapter.review", "adapter.review.approve"], instead: again },
  { effect: "reject", requirements: ["adapter.review.reject"], instead: again },
  {
    effect: "edit",
    requirements: ["adapter.review.edit"],
    instead: ({ edits }) => (edits === true ? undefined : AGAIN),
  },
  { effect: "replay", requirements: ["adapter.review.replay"], instead: again },
  {
    effect: "forged",
    requirements: [
      "adapter.review.forged",
      "adapter.review.other-call",
      "adapter.review.decided-again",
    ],
    instead: again,
  },
  {
    effect: "parallel",
    requirements: ["adapter.review.partial", "adapter.review.parallel"],
    instead: again,
  },
  { effect: "expired", requirements: ["adapter.review.expired"], instead: again },
  { effect: "limit", requirements: ["adapter.limit"] },
];
