import { testGuard } from "@interlatch/core/testing";
import type { Compiled } from "../vectors/host.ts";
import { readVectors } from "../vectors/read.ts";
import { runVectors } from "../vectors/run.ts";
import type { Kit } from "./kit.ts";

/** Builds a policy from the text of its one file, as for `runVectors`. */
export type Compile = (text: string) => Compiled | Promise<Compiled>;

/** Every decision vector that a conversation can express: the same decision, effect and arguments as the engine's. */
export function checkVectors({ adapter, check, expect }: Kit, compile: Compile): void {
  check(
    "adapter.vectors",
    "gets the decision of every vector, and the tool its arguments",
    async () => {
      const report = await runVectors(await readVectors(), {
        compile: once(compile),
        makeGuard: (policy, options) => testGuard(policy, options),
        adapter,
      });
      const failures = report.files.flatMap((file) => file.failures);
      expect(failures).toEqual([]);
      // A reader that finds nothing must not look like an adapter that does everything.
      expect(report.passed > 250).toBe(true);
    },
  );
}

/** Policies by their text, for each compiler: the same ones come again with every adapter. */
const COMPILED = new WeakMap<Compile, Map<string, Compiled | Promise<Compiled>>>();

function once(compile: Compile): Compile {
  const known = COMPILED.get(compile) ?? new Map<string, Compiled | Promise<Compiled>>();
  COMPILED.set(compile, known);
  return (text) => {
    const compiled = known.get(text) ?? compile(text);
    known.set(text, compiled);
    return compiled;
  };
}
