import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { testGuard } from "../testing/index.ts";
import { announceCoverage } from "./announce-coverage.ts";

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("at start in development", () => {
  verifies(
    "coverage.start",
    "one table says of each tool whether it is enforced and why, and nothing is said twice",
    async () => {
      const lines: string[] = [];
      const log = (_: object, message: string): void => void lines.push(message);
      const logger = { debug: log, info: log, warn: log, error: log };
      const guard = announceCoverage(await testGuard({ refund: "allow", mail: "deny" }), logger);
      const search = {
        tool: "search",
        state: "enforced",
        why: "the tool itself is guarded",
      } as const;
      for (let again = 0; again < 3; again++) {
        guard.cover([{ tool: "refund", state: "enforced", why: "the tool itself is guarded" }]);
        guard.cover([search, { tool: "web\u001b[2J", state: "out_of_reach", why: "elsewhere" }]);
        await turn();
      }
      expect(lines).toEqual([
        [
          "coverage",
          '  "web\\u001b[2J"  out of reach  elsewhere',
          "  mail            not wrapped   the policy knows this tool and no adapter has wrapped it",
          "  refund          enforced      the tool itself is guarded",
          "  search          enforced      the tool itself is guarded; the policy does not know it, so every call is denied",
        ].join("\n"),
      ]);
      guard.cover([{ tool: "mail", state: "enforced", why: "the tool itself is guarded" }]);
      await turn();
      expect(lines.slice(1)).toEqual([
        "coverage\n  mail  enforced      the tool itself is guarded",
      ]);
    },
  );
});
