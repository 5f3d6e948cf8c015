import { expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard } from "../testing/index.ts";

verifies(
  "core.call.duplicate-id",
  "runs once in a batch, whichever session its calls are of",
  async () => {
    const guard = await testGuard({ tool: "allow" });
    const batch = {};
    const codes = ["one", "two"].map((session) => {
      const call = {
        ticket: guard.ticket({ session }),
        id: "x",
        tool: "tool",
        arguments: {},
        batch,
      };
      const result = guard.run(call, () => "ran");
      return isDenial(result) ? result.decision.code : result;
    });
    expect(codes).toEqual(["ran", "duplicate_call_id"]);
    const other = {
      ticket: guard.ticket({ tenant: "t" }),
      id: "x",
      tool: "tool",
      arguments: {},
      batch,
    };
    expect(guard.run(other, () => "ran")).toBe("ran");
  },
);
