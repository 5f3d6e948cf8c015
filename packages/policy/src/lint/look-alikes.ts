import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";

/**
 * Tools whose names a reader takes for one another: `send_mail` and `Send-Mail`, `pay1` and `payl`. Names are plain
 * ASCII, so these are the confusables that are left.
 *
 * Source: the confusable ASCII characters of Unicode Technical Standard #39.
 */
export function lintLookAlikes({ tools }: Compiled, reporter: Reporter): void {
  const byLook = new Map<string, string>();
  for (const { name, at } of tools) {
    const look = lookOf(name);
    const twin = byLook.get(look);
    if (twin === undefined) byLook.set(look, name);
    else {
      reporter.warning({
        code: "look_alike_tools",
        at,
        message: `The tool \`${name}\` looks like the tool \`${twin}\`, and is another one.`,
        hint: "Rename one of them, or use one name in all places.",
      });
    }
  }
}

function lookOf(name: string): string {
  return name
    .replaceAll("I", "l")
    .toLowerCase()
    .replace(/[1|]/g, "l")
    .replaceAll("0", "o")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replace(/[-_.:/]+/g, "_");
}
