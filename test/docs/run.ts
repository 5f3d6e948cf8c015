import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childEnvironment } from "../tasks/child.ts";

/** How a program of a document ended. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Far more than a program takes: the machine may be busy with other tests. */
const SECONDS = 60;

/** Runs a program from the sources, in an empty folder of its own, as a reader would in theirs. */
export async function runProgramFile(file: string): Promise<RunResult> {
  const folder = await mkdtemp(join(tmpdir(), "interlatch-docs-"));
  try {
    return await new Promise((resolve) => {
      const parameters = ["--conditions=@interlatch/source", file];
      const options = { cwd: folder, env: childEnvironment(false), timeout: SECONDS * 1000 };
      execFile(process.execPath, parameters, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
