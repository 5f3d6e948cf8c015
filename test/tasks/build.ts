import { buildPackages } from "./build-packages.ts";
import { closingLine } from "./counts.ts";
import { runTask } from "./task.ts";

await runTask({
  help: `pnpm build

Compiles every package into its dist folder and removes what sources that are gone left there.`,
  run: async ({ terminal }) => {
    const { code, output } = await buildPackages();
    if (output !== "") terminal.say(output.trimEnd());
    const failed = code === 0 ? 0 : 1;
    terminal.say(closingLine({ passed: 1 - failed, failed, skipped: 0 }));
    return failed;
  },
});
