import { runNotBuilt } from "./not-built.ts";

await runNotBuilt({
  name: "score",
  help: `pnpm score --suite NAME --bundle FILE [--data DIR]

Will replay recorded agent runs, without a model, through a signed bundle and print how many
attacks it stops, how many honest tasks it leaves untouched, how many approvals it asks for in
100 honest calls, and how well the risk score tells the two apart.`,
});
