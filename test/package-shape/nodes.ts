import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runProgram } from "../tasks/child.ts";

/** The oldest Node on which the packages must run: the first with `require()` of ES modules. */
export const OLDEST_NODE = "20.19.0";

/** A Node to try the packages on. */
export interface NodeProgram {
  readonly path: string;
  /** Its version without the `v`. */
  readonly version: string;
}

/** The folders of `PATH` that are the machine's own, not those that package managers put in front. */
export function machinePath(path: string = process.env["PATH"] ?? ""): readonly string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "" && !/[\\/]node_modules(?:[\\/]|$)/.test(folder));
}

/** An environment in which programs find the machine's own Node and npm, free of this script's settings. */
export function machineEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      /^npm_config_(?:cache|registry|cafile|userconfig)$/i.test(name) ||
      !/^(?:npm_|pnpm_|NODE$|NODE_OPTIONS$|INIT_CWD$)/i.test(name),
  );
  return { ...Object.fromEntries(kept), PATH: machinePath().join(delimiter), NO_COLOR: "1" };
}

/** The machine's own Node; `undefined` when it has none outside this workspace. */
export async function machineNode(): Promise<NodeProgram | undefined> {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const path = machinePath()
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate));
  if (path === undefined) return undefined;
  const { code, output } = await runProgram(path, ["--version"], {
    environment: machineEnvironment(),
  });
  return code === 0 ? { path, version: output.trim().replace(/^v/, "") } : undefined;
}

/** The Node that runs this script. */
export function developmentNode(): NodeProgram {
  return { path: process.execPath, version: process.versions.node };
}

/** The long-term release between the oldest Node and ours. */
const MIDDLE_NODE = "22.23.3";

/**
 * The Node between, from a package that holds nothing but its program.
 *
 * @param folder where it is installed
 * @returns `undefined` where there is no such package for this machine
 */
export async function middleNode(folder: string): Promise<NodeProgram | undefined> {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) return undefined;
  const name = `node-linux-${process.arch}`;
  const words = ["install", "--prefix", folder, "--prefer-offline", "--no-audit", "--no-fund"];
  const { code, output } = await runProgram("npm", [...words, `${name}@${MIDDLE_NODE}`], {
    environment: machineEnvironment(),
  });
  if (code !== 0) throw new Error(`npm could not install Node ${MIDDLE_NODE}:\n${output}`);
  return { path: join(folder, "node_modules", name, "bin", "node"), version: MIDDLE_NODE };
}

/** Whether a version is at least another, both plain `major.minor.patch`. */
export function isAtLeast(version: string, least: string): boolean {
  const parts = (text: string): readonly number[] => text.split(".").map(Number);
  const [given, wanted] = [parts(version), parts(least)];
  for (const [index, want] of wanted.entries()) {
    const have = given[index] ?? 0;
    if (have !== want) return have > want;
  }
  return true;
}
