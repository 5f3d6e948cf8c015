import { runNotBuilt } from "./not-built.ts";

await runNotBuilt({
  name: "matrix",
  help: `pnpm matrix

Will run every promise over every framework, supported major, call path and effect, and print the
enforcement matrix that stands in the README.`,
});
