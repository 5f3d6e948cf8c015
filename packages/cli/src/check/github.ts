import type { Diagnostic } from "@interlatch/policy";

/**
 * A finding as a workflow command of GitHub Actions, which shows it beside the line it is about. What has a meaning in
 * such a command is escaped: a policy under review must not be able to write commands of its own.
 *
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubAnnotation(diagnostic: Diagnostic): string {
  const { severity, file, line, column, endLine, endColumn, code, message, hint } = diagnostic;
  const properties = {
    file,
    line,
    // Columns are shown only where a finding ends on the line on which it begins.
    ...(endLine === undefined || endLine === line
      ? {
          col: column,
          ...(endColumn === undefined ? {} : { endColumn: Math.max(column, endColumn - 1) }),
        }
      : { endLine }),
    title: `interlatch ${code}`,
  };
  const written = Object.entries(properties).map(
    ([name, value]) => `${name}=${escapeProperty(String(value))}`,
  );
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return `::${severity} ${written.join(",")}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
