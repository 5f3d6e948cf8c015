import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleFile } from "../bundle-vectors/bundles.ts";
import { BUNDLE_VECTORS, fileText } from "../bundle-vectors/file.ts";
import { vectorKeys } from "../bundle-vectors/keys.ts";
import { rootFile } from "../bundle-vectors/roots.ts";
import { runTask } from "./task.ts";

const HELP = `node test/tasks/bundle-vectors.ts

Writes packages/conformance/vectors/bundle/*.json. Every run writes the same bytes; a test fails while they differ.`;

await runTask({
  help: HELP,
  run: async ({ terminal }) => {
    const keys = await vectorKeys();
    await mkdir(BUNDLE_VECTORS, { recursive: true });
    for (const file of [await rootFile(keys), await bundleFile(keys)]) {
      const name = `${file.topic}.json`;
      await writeFile(join(BUNDLE_VECTORS, name), fileText(file));
      terminal.note(`wrote ${name}`);
    }
    return 0;
  },
});
