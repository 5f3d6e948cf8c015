import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { runTask } from "./task.ts";
import { vectorFiles } from "./vectors-json.ts";

const HELP = `node test/tasks/vectors-to-json.ts

Writes packages/conformance/vectors/*.json from the YAML files beside them. A test fails while they differ.`;

await runTask({
  help: HELP,
  run: async ({ terminal }) => {
    for (const { path, json } of await vectorFiles()) {
      await writeFile(path, json);
      terminal.note(`wrote ${basename(path)}`);
    }
    return 0;
  },
});
