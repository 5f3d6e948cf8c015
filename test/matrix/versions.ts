import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../tasks/child.ts";

const PACKAGES = ["@langchain/langgraph", "langchain", "@langchain/core", "ai", "ai6"] as const;

/** The frameworks that a run has used, as they are installed. */
export function versions(): string {
  return PACKAGES.map((name) => {
    const path = join(ROOT, "node_modules", name, "package.json");
    const installed = JSON.parse(readFileSync(path, "utf8")) as {
      readonly name: string; // a package has both
      readonly version: string;
    };
    return `${installed.name} ${installed.version}`;
  }).join(", ");
}
