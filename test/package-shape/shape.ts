import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ShapeCheck } from "./check.ts";
import { installConsumer } from "./consumer.ts";
import { dependencyProblems, neutralityProblems, packageImports, traceImports } from "./imports.ts";
import {
  developmentNode,
  isAtLeast,
  machineNode,
  middleNode,
  OLDEST_NODE,
  type NodeProgram,
} from "./nodes.ts";
import { journeyProblems } from "./journey.ts";
import { exportedSpecifiers, publishedPackages } from "./packages.ts";
import { commandProblems, runtimeProblems } from "./runtime.ts";
import { pack, tarballProblems, type Tarball } from "./tarball.ts";
import { SETUPS, typeProblems } from "./types.ts";

/**
 * Checks the packages as users get them: packed, installed by npm, compiled and loaded.
 * They must have been built before.
 */
export async function checkShape(): Promise<readonly ShapeCheck[]> {
  const scratch = await mkdtemp(join(tmpdir(), "interlatch-shape-"));
  try {
    const packages = publishedPackages();
    const tarballs = await Promise.all(packages.map((each) => pack(each, scratch)));
    const [dependencies, installed] = await Promise.all([
      dependencyChecks(scratch),
      consumerChecks(tarballs, join(scratch, "consumer")),
    ]);
    return [...tarballs.map(tarballCheck), ...dependencies, ...installed];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function tarballCheck(tarball: Tarball): ShapeCheck {
  return { name: `${tarball.package.id}: the tarball`, problems: tarballProblems(tarball) };
}

async function dependencyChecks(scratch: string): Promise<readonly ShapeCheck[]> {
  const packages = publishedPackages();
  const imports = await traceImports(packages, scratch);
  const core = packages.find(({ id }) => id === "core");
  return [
    ...packages.map((each) => ({
      name: `${each.id}: declared and imported dependencies`,
      problems: dependencyProblems(each.manifest, packageImports(imports, each)),
    })),
    {
      name: "core: nothing outside core/node needs Node",
      problems: core === undefined ? ["There is no core."] : neutralityProblems(imports, core),
    },
  ];
}

async function consumerChecks(
  tarballs: readonly Tarball[],
  consumer: string,
): Promise<readonly ShapeCheck[]> {
  await installConsumer(tarballs, consumer);
  const specifiers = tarballs.flatMap(({ manifest }) => exportedSpecifiers(manifest));
  const types = SETUPS.map(async (setup) => ({
    name: `types, ${setup.name} resolution`,
    problems: await typeProblems(consumer, specifiers, setup),
  }));
  const nodes = [...(await nodesToTry()), await middle(consumer)];
  const runs = nodes.map((node) => onNode(tarballs, consumer, specifiers, node));
  return [...(await Promise.all(types)), ...(await Promise.all(runs)).flat()];
}

/** A Node to try, or why there is none. */
type NodeToTry = NodeProgram | { readonly missing: string };

async function middle(consumer: string): Promise<NodeToTry> {
  const node = await middleNode(join(consumer, "..", "node-between"));
  return node ?? { missing: "no package holds Node 22 for this machine" };
}

async function nodesToTry(): Promise<readonly NodeToTry[]> {
  const ours = developmentNode();
  const machine = await machineNode();
  if (machine === undefined) return [{ missing: "this machine has no Node of its own" }, ours];
  if (!isAtLeast(machine.version, OLDEST_NODE)) {
    return [
      { missing: `this machine's Node is ${machine.version}, older than ${OLDEST_NODE}` },
      ours,
    ];
  }
  return machine.version === ours.version ? [ours] : [machine, ours];
}

async function onNode(
  tarballs: readonly Tarball[],
  consumer: string,
  specifiers: readonly string[],
  node: NodeToTry,
): Promise<readonly ShapeCheck[]> {
  if ("missing" in node) {
    return [
      { name: "import and require on the machine's Node", problems: [], skipped: node.missing },
    ];
  }
  const commands = tarballs.flatMap(({ manifest }) =>
    Object.values(manifest.bin ?? {}).map((file) => join(manifest.name, file)),
  );
  const [loads, helps, journey] = await Promise.all([
    runtimeProblems(consumer, specifiers, node),
    Promise.all(commands.map((file) => commandProblems(consumer, file, node))),
    journeyProblems({ consumer, node }),
  ]);
  return [
    { name: `import and require on Node ${node.version}`, problems: loads },
    { name: `the command on Node ${node.version}`, problems: helps.flat() },
    { name: `from an empty folder to a denied call on Node ${node.version}`, problems: journey },
  ];
}
