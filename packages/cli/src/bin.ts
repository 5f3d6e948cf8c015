#!/usr/bin/env node
import { run } from "./main.ts";

// The code is set and the process not ended: what was printed into a pipe must be able to leave it.
void run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
