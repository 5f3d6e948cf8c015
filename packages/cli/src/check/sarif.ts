import { DIAGNOSTIC_MEANINGS, type Diagnostic, type DiagnosticCode } from "@interlatch/policy";
import { versionOf } from "../help.ts";

/** Where the meaning of each code is written down. */
const CODES_PAGE = "https://www.npmjs.com/package/@interlatch/policy";

/**
 * Findings as a SARIF log, which code hosts and editors read. Places are regions in UTF-16 units, files relative URIs.
 *
 * Source: Static Analysis Results Interchange Format 2.1.0, OASIS Standard, 2020.
 */
export async function sarifLog(diagnostics: readonly Diagnostic[]): Promise<object> {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "interlatch",
            semanticVersion: await versionOf(),
            informationUri: CODES_PAGE,
            rules: codes.map(ruleOf),
          },
        },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((one) => resultOf(one, codes.indexOf(one.code))),
      },
    ],
  };
}

function ruleOf(code: DiagnosticCode): object {
  const { about, severity } = DIAGNOSTIC_MEANINGS[code];
  return {
    id: code,
    shortDescription: { text: about },
    helpUri: CODES_PAGE,
    defaultConfiguration: { level: severity },
  };
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number): object {
  const { code, severity, message, hint, fix } = diagnostic;
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: hint === undefined ? message : `${message} ${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(diagnostic.file) },
          region: regionOf(diagnostic),
        },
      },
    ],
    ...(fix === undefined ? {} : { fixes: [fixOf(fix)] }),
  };
}

function fixOf({ title, edits }: NonNullable<Diagnostic["fix"]>): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uriOf(file) },
      replacements: edits
        .filter((edit) => edit.file === file)
        .map((edit) => ({ deletedRegion: regionOf(edit), insertedContent: { text: edit.text } })),
    })),
  };
}

interface Region {
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

function regionOf({ line, column, endLine, endColumn }: Region): object {
  return {
    startLine: line,
    startColumn: column,
    ...(endLine === undefined ? {} : { endLine }),
    ...(endColumn === undefined ? {} : { endColumn }),
  };
}

/** A path as a relative URI: each of its parts escaped, so that `#` and `%` stay signs of a name. */
function uriOf(path: string): string {
  return path
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
}
