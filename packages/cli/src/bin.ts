#!/usr/bin/env node
import { run } from "./main.ts";

// Whoever reads the output may have seen enough: `interlatch explain … | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// The code is set and the process not ended: what was printed into a pipe must be able to leave it.
void run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
