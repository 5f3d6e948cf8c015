import type { PolicySource } from "../compile.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { readYaml } from "../yaml/read.ts";
import { SourceFile, type Span } from "../yaml/source.ts";
import type { YamlMap } from "../yaml/tree.ts";

/** A file that was read strictly. JSON is read the same way, so that a key that stands twice is an error. */
export interface ReadSource {
  readonly root: YamlMap | undefined;
  readonly reporter: Reporter;
}

/** Reads a file whose root is a map. What is wrong is told to the reporter. */
export function readSource({ path, text }: PolicySource): ReadSource {
  const file = new SourceFile(path, text);
  const reporter = new Reporter([file]);
  const root = readYaml(file, reporter, "made");
  if (root === undefined || root.kind === "broken") return { root: undefined, reporter };
  if (root.kind === "map") return { root, reporter };
  reporter.error({
    code: "wrong_shape",
    at: root.at,
    message: "The file holds no map, so it is none that can be imported.",
  });
  return { root: undefined, reporter };
}

/** `rules.yaml:17`. */
export function placeOf({ file, start }: Span): string {
  return `${file.path}:${file.positionOf(start).line}`;
}
