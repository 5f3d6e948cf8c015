import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildPackages } from "../tasks/build-packages.ts";
import type { Figure } from "./goal.ts";
import { loadedSize } from "./loaded-size.ts";
import { median } from "./measure.ts";

const CORE = fileURLToPath(new URL("../../packages/core/dist/index.js", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

/** How long a first import of the built package takes, and how many bytes an application gains. */
export async function importCost({
  short,
}: {
  readonly short: boolean;
}): Promise<readonly Figure[]> {
  const built = await buildPackages();
  if (built.code !== 0) throw new Error(`the packages do not build:\n${built.output}`);
  const rounds = short ? 5 : 15;
  const core: number[] = [];
  const zod: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const [a, b] = [importMs(CORE), importMs(import.meta.resolve("zod"))];
    if (round >= 0) {
      core.push(a);
      zod.push(b);
    }
  }
  const [ms, zodMs] = [median(core), median(zod)];
  return [
    {
      what: "import of core",
      against: "",
      value: ms,
      unit: "ms",
      goal: { atMost: 25 },
      tolerance: 0.25,
      note: "first import in a new process",
    },
    {
      what: "same",
      against: "import of zod",
      value: median(core.map((value, round) => value / (zod[round] ?? Number.NaN))),
      unit: "×",
      goal: { atMost: 0.5 },
      tolerance: 0.25,
      note: `${ms.toFixed(1)} ms : ${zodMs.toFixed(1)} ms`,
    },
    await sizeOfCreateGuard(),
  ];
}

function importMs(url: string): number {
  const script = `const t=performance.now();await import(${JSON.stringify(url)});console.log(performance.now()-t)`;
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script],
    { cwd: HERE, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

async function sizeOfCreateGuard(): Promise<Figure> {
  const { files, kilobytes, allKilobytes } = await loadedSize(CORE);
  return {
    what: "createGuard for the seed's rules and a pattern, minified and gzipped",
    against: "",
    value: kilobytes,
    unit: "KB",
    goal: { atMost: 45 },
    tolerance: 0,
    note: `${files} files in a browser; all that a policy may ask for: ${allKilobytes.toFixed(1)} KB`,
  };
}
