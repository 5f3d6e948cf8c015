import { describe, expect } from "vitest";
import { testGuard } from "@interlatch/core/testing";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { WAYS } from "../test/majors.ts";
import { POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});

describe.each(WAYS)("$title: a tool that", ({ sdk, mode }) => {
  verifies(
    "ai.x.promised-stream",
    "promises a stream ends its call, and says what is wrong with it",
    async () => {
      const guard = await testGuard(POLICY);
      let parts = 0;
      const search = {
        inputSchema: anything,
        execute: async () =>
          (async function* () {
            yield ++parts;
          })(),
      };
      const turns = [{ calls: [{ id: "c1", tool: "search" }] }];
      const { options } = guardAI(guard, guard.ticket());
      const result = await sdk.converse(mode, turns, options({ search }));
      expect(result.answer("c1")?.type).toBe("error-text");
      expect(result.answer("c1")?.value).toContain("async generator function");
      expect(result.text).toBe("done");
      expect(recorded(guard)).toMatchObject([{ call: "c1", outcome: "error" }]);
      expect([parts, guard.status().openCalls]).toEqual([0, 0]);
    },
  );
});
