import { policyMiddleware } from "@interlatch/langchain";
import { testGuard } from "@interlatch/core/testing";
import { describe, expect } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { guardGraph, policyHook } from "./index.ts";

/** Each with the mistake of a host that has no types. */
const TAKERS: readonly (readonly [by: string, take: (guard: never, options: never) => unknown])[] =
  [
    ["guardGraph", (guard, options) => guardGraph(guard, [], options)],
    ["policyHook", (guard, options) => policyHook(guard, options)],
    ["policyMiddleware", (guard, options) => policyMiddleware(guard, options)],
  ];

const MISTAKES: readonly (readonly [options: object, says: RegExp])[] = [
  [
    { reviewer: { id: "rita", groups: ["finance"] } },
    /`reviewer` .* must be a function of the run/,
  ],
  [{ identify: { agent: { id: "shop" } } }, /`identify` .* must be a function of the run/],
  [{ pending: "approve" }, /`pending` .* must be "ask" or "deny"/],
  [{ format: "inbox" }, /`format` .* must be "langchain" or "agent-inbox"/],
  [{ reviews: false }, /`reviews` .* must be "interrupt" or "tool"/],
];

describe.each(TAKERS)("%s", (_, take) => {
  verifies("lg.x.given", "says what to change in options that mean nothing", async () => {
    const guard = await testGuard({});
    for (const [options, says] of MISTAKES) {
      expect(() => take(guard as never, options as never)).toThrow(
        expect.objectContaining({ code: "ERR_OPTIONS", message: expect.stringMatching(says) }),
      );
    }
    expect(() => take(guard as never, {} as never)).not.toThrow();
  });

  verifies("lg.x.given", "refuses what is no guard, such as the promise of one", () => {
    for (const guard of [undefined, null, {}, testGuard({})]) {
      expect(() => take(guard as never, {} as never)).toThrow(/must be a guard.*await it/);
    }
  });
});
