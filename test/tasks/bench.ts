import { delegate } from "./delegate.ts";

await delegate({
  name: "bench",
  file: "test/bench/main.ts",
  help: `pnpm bench [--check] [--short]

Measures decisions, bundles and guarded tools against their alternatives, prints a table, and writes
test/bench/results/. Figures are ratios taken in one run.

  --check      fails when a figure misses its goal by more than its tolerance
  --short      the form that CI runs: fewer repetitions`,
});
