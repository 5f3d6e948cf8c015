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

/** The parts of the benchmark, by the names that its list gives them. */
export function benchParts(source: string): readonly string[] {
  return [...source.matchAll(/^\s*\[\s*"([^"]+)",\s*\(\) =>/gm)].map(([, name]) => name ?? "");
}
