import { decisionLine, differenceText } from "./report.ts";
import { type CaseResult, passed } from "./results.ts";
import { countsOf, type TestRun } from "./run-tests.ts";

/**
 * The results as JUnit XML, the form that CI systems read: a suite for each policy, a case for each case.
 *
 * The format has no standard; this is what Jenkins, GitLab and GitHub's reporters read:
 * https://github.com/testmoapp/junitxml.
 */
export function junitOf(runs: readonly TestRun[]): string {
  const { passed: good, failed } = countsOf(runs);
  const total = seconds(runs.flatMap(({ results }) => results));
  const attributes = { name: "interlatch", tests: good + failed, failures: failed, time: total };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributesOf(attributes)}>`,
    ...runs.flatMap(suiteOf),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteOf(run: TestRun): readonly string[] {
  const { passed: good, failed } = countsOf([run]);
  const attributes = {
    name: run.policy.id,
    tests: good + failed,
    failures: failed,
    time: seconds(run.results),
  };
  return [
    `  <testsuite${attributesOf(attributes)}>`,
    ...run.results.flatMap((result) => caseOf(result, run.policy.id)),
    "  </testsuite>",
  ];
}

function caseOf(result: CaseResult, policy: string): readonly string[] {
  const { name, at, differences, decision } = result;
  const attributes = {
    name,
    classname: policy,
    file: at.file,
    line: at.line,
    time: seconds([result]),
  };
  const start = `    <testcase${attributesOf(attributes)}`;
  if (passed(result)) return [`${start}/>`];
  const lines = differences.map(differenceText);
  const [message = ""] = lines;
  const decided = decision === null ? [] : [`decided: ${decisionLine(decision)}`];
  const text = escaped([`${at.file}:${at.line}`, ...lines, ...decided].join("\n"));
  const failure = attributesOf({ message, type: differences[0]?.what ?? "" });
  return [`${start}>`, `      <failure${failure}>${text}</failure>`, "    </testcase>"];
}

function seconds(results: readonly CaseResult[]): string {
  return (results.reduce((sum, { ms }) => sum + ms, 0) / 1_000).toFixed(6);
}

function attributesOf(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replace(/[\t\n\r]/g, reference)}"`)
    .join("");
}

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** All that is no `Char` of XML 1.0, which no reference can stand for either, https://www.w3.org/TR/xml/#charsets. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

function escaped(text: string): string {
  return text
    .replace(FORBIDDEN, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[&<>"]/g, (found) => NAMED[found] ?? found);
}

/** In an attribute a line end would be read as a space. */
function reference(character: string): string {
  return `&#${character.codePointAt(0) ?? 32};`;
}
