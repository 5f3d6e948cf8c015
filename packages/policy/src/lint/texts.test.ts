import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { describe, expect, it } from "vitest";
import { findingsOf, SOUND_HEAD as HEAD } from "../../test/warnings.ts";

async function found(condition: string): Promise<readonly string[]> {
  const text = `${HEAD}rules:\n  - { name: r, tool: t, action: deny, when: '${condition}' }\n`;
  const findings = (await findingsOf(text)).filter(isAboutTexts);
  return findings.map(({ line, column, endColumn, code }) => {
    expect(line).toBe(8);
    return `${column - 45}-${(endColumn ?? 0) - 45} ${code}`;
  });
}

/** What a rule keeps out, and what of undescribed arguments is not known, is told by itself. */
function isAboutTexts({ code }: Diagnostic): boolean {
  return code !== "deny_list" && code !== "kind_unknown";
}

describe("a comparison of texts that an attacker walks past", () => {
  it.each([
    ['arguments.a.endsWith("acme.test")', ["1-34 ends_with_domain"]],
    ['host(arguments.a).endsWith("acme.zip")', ["1-39 ends_with_domain"]],
    ['arguments.email.endsWith("co.uk")', ["1-34 ends_with_domain"]],
    ['arguments.to.all(r, r.endsWith("corp.com"))', ["21-43 ends_with_domain"]],
    ['arguments.b.startsWith("/data/")', ["1-33 starts_with_path"]],
    ['arguments.path.startsWith("reports/")', ["1-38 starts_with_path"]],
    ['arguments.file_path.startsWith("./")', ["1-37 starts_with_path"]],
    ['arguments.c.startsWith("https://acme.test")', ["1-44 starts_with_url"]],
    ['arguments.x.contains("@acme.test")', ["1-35 contains_host"]],
    ['arguments.x.contains("acme.test")', ["1-34 contains_host"]],
    ['arguments.url.contains("acme")', ["1-31 contains_host"]],
    ['host(arguments.x).contains("acme")', ["1-35 contains_host"]],
  ])("is found: %s", async (condition, expected) => {
    expect(await found(condition)).toEqual(expected);
  });

  it.each([
    'arguments.a.endsWith("@acme.test")',
    'arguments.a.endsWith(".acme.test")',
    'arguments.a.endsWith(".pem")',
    'arguments.name.endsWith("report.pdf")',
    'arguments.name.contains("config.json")',
    'arguments.c.startsWith("https://acme.test/")',
    'arguments.c.startsWith("https://")',
    'arguments.path.startsWith("/")',
    'arguments.x.contains("acme")',
    'inDomain(host(arguments.x), "acme.test")',
    'under(arguments.path, "/data")',
    'arguments.version.startsWith("v1.2")',
  ])("is not: %s", async (condition) => {
    expect(await found(condition)).toEqual([]);
  });

  it("is told with the function to ask instead", async () => {
    const hints = async (condition: string): Promise<readonly (string | undefined)[]> => {
      const text = `${HEAD}rules:\n  - { name: r, tool: t, action: deny, when: '${condition}' }\n`;
      return (await findingsOf(text))
        .filter(isAboutTexts)
        .map(({ message, hint }) => `${message} ${hint}`);
    };
    expect(await hints('arguments.a.endsWith("acme.test")')).toEqual([
      '`arguments.a.endsWith("acme.test")` holds for more than it seems to. `evilacme.test` ends so too. Ask for the domain: `inDomain(host(x), "acme.test")`.',
    ]);
    expect(await hints('arguments.a.startsWith("/data/")')).toEqual([
      '`arguments.a.startsWith("/data/")` holds for more than it seems to. `/data/../x` begins so too. Ask for the directory: `under(x, "/data/")`.',
    ]);
    expect(await hints('arguments.a.startsWith("http://a.test")')).toEqual([
      '`arguments.a.startsWith("http://a.test")` holds for more than it seems to. `http://a.test.evil.test` begins so too. Ask for the host: `host(x) == "..."`.',
    ]);
    expect(await hints('arguments.a.contains("@acme.test")')).toEqual([
      '`arguments.a.contains("@acme.test")` holds for more than it seems to. `acme.test.evil.test` holds it too. Ask for the domain: `inDomain(host(x), "acme.test")`.',
    ]);
    expect(await hints('arguments.url.contains("acme")')).toEqual([
      '`arguments.url.contains("acme")` holds for more than it seems to. A text can be put anywhere into an address. Ask for the whole host: `host(x) == "..."`.',
    ]);
  });
});
