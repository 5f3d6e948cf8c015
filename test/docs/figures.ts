import { withoutCode, type Document } from "./document.ts";

const FIGURE = /(?<![\w.,])\d[\d.,]*\s?(?:×|(?:ns|µs|μs|us|ms|KB|kB|MB)\b)/g;
const SOURCE = /<!--\s*bench:\s*(.+?)\s*-->/g;

/** A measured figure, and the parts of the benchmark that its line names as where it comes from. */
export interface Figure {
  readonly text: string;
  readonly line: number;
  readonly sources: readonly string[];
}

/** The measured figures of a document's prose. */
export function figuresOf({ prose }: Document): readonly Figure[] {
  return prose.flatMap((line, index) => {
    const sources = [...line.matchAll(SOURCE)].map(([, name]) => name ?? "");
    return [...withoutCode(line).matchAll(FIGURE)].map(([text]) => ({
      text,
      line: index + 1,
      sources,
    }));
  });
}

/**
 * The parts of the benchmark and the files they are in, read from its list:
 * `["guard.decide", () => guardDecide(effort)]` beside `import { guardDecide } from "./guard-decide.ts"`.
 */
export function benchParts(source: string): ReadonlyMap<string, string> {
  const files = new Map(
    [...source.matchAll(/^import \{ (\w+) \} from "\.\/([\w-]+\.ts)";/gm)].map(
      ([, name, file]) => [name, file] as const,
    ),
  );
  const parts = [...source.matchAll(/\["([^"]+)",\s*\(\) =>\s*(\w+)\(/g)];
  return new Map(parts.map(([, part, name]) => [part ?? "", files.get(name) ?? ""]));
}

/** A bound that a document states, with the source file that its line says it is in: `<!-- source: PATH -->`. */
export interface Bound {
  readonly number: string;
  readonly line: number;
  readonly source: string;
}

/** The bounds of a document: every number on a line that names a source. */
export function boundsOf({ prose }: Document): readonly Bound[] {
  return prose.flatMap((line, index) => {
    const source = /<!--\s*source:\s*(\S+)\s*-->/.exec(line)?.[1];
    if (source === undefined) return [];
    const numbers = withoutCode(line).match(/\d[\d,]*/g) ?? [];
    return numbers.map((number) => ({ number, line: index + 1, source }));
  });
}
