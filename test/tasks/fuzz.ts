import { runNotBuilt } from "./not-built.ts";

await runNotBuilt({
  name: "fuzz",
  help: `pnpm fuzz [--seconds N] [--seed N]

Will make random policies, bundles, arguments and call orders for a given time and look for a call
that runs undecided, a decision that depends on the order of rules, an exception, or a hang.`,
});
