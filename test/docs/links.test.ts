import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { DECISION_CODES, ERROR_CODES } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import { ROOT } from "../tasks/child.ts";
import { anchorOf, codeSpans, readDocument, undefinedLinks, type Document } from "./document.ts";
import { allDocuments } from "./documents.ts";

const documents = await allDocuments();
const LANGUAGES = new Set(["ts", "js", "yaml", "sh", "json", "sql", "text"]);

/** What is wrong with the links of a document that lead into this workspace. */
async function brokenLinks({ path, links }: Document): Promise<string[]> {
  const broken: string[] = [];
  for (const { target, line } of links) {
    if (/^(https|mailto):/.test(target)) continue;
    const [file = "", anchor] = target.split("#");
    const to = file === "" ? path : posix.join(dirname(path), file);
    if (!existsSync(join(ROOT, to))) broken.push(`${path}:${line} leads to ${target}`);
    else if (anchor !== undefined && to.endsWith(".md")) {
      const { headings } = readDocument(to, await readFile(join(ROOT, to), "utf8"));
      if (!headings.map(anchorOf).includes(anchor))
        broken.push(`${path}:${line} no such heading: ${target}`);
    }
  }
  return broken;
}

describe("documents", () => {
  it.each(documents)("$path leads only to what is there", async (document) => {
    expect(await brokenLinks(document)).toEqual([]);
    expect(undefinedLinks(document)).toEqual([]);
  });

  it.each(documents)("$path names the language of each block, one that is checked", (document) => {
    const others = document.blocks.filter(({ language }) => !LANGUAGES.has(language));
    expect(others.map(({ line, language }) => `${document.path}:${line} ${language}`)).toEqual([]);
  });

  it.each(documents)("$path names only error codes that exist", (document) => {
    const known = new Set<string>(ERROR_CODES);
    const named = codeSpans(document).filter(({ text }) => /^ERR_[A-Z_]*[A-Z]$/.test(text));
    expect(named.filter(({ text }) => !known.has(text))).toEqual([]);
  });

  it("packages/core/README.md explains every decision code, and no other", () => {
    const core = documents.find(({ path }) => path === "packages/core/README.md");
    if (core === undefined) expect.fail("packages/core/README.md is missing");
    const start = core.prose.indexOf("## Codes");
    const section = core.prose.slice(
      start,
      core.prose.findIndex((line, index) => index > start && line.startsWith("## ")),
    );
    const named = section
      .filter((line) => line.startsWith("| `") || line.startsWith("In the list"))
      .flatMap((line) => line.split(" | ")[0]?.match(/`[a-z_]+`/g) ?? [])
      .map((code) => code.replaceAll("`", ""));
    expect(named.toSorted()).toEqual(Object.keys(DECISION_CODES).toSorted());
  });

  it("docs/troubleshooting.md says of every code what to do, once, and of no other", () => {
    const page = documents.find(({ path }) => path === "docs/troubleshooting.md");
    if (page === undefined) expect.fail("docs/troubleshooting.md is missing");
    const rows = page.prose.flatMap((line) => {
      const [, code, happened, remedy] = /^\| `(\w+)`\s*\| (.+?)\s*\| (.+?)\s*\|$/.exec(line) ?? [];
      return code === undefined ? [] : [{ code, says: [happened, remedy] }];
    });
    const known = [...Object.keys(DECISION_CODES), ...ERROR_CODES];
    expect(rows.map(({ code }) => code).toSorted()).toEqual(known.toSorted());
    for (const { code, says } of rows)
      for (const text of says) expect(text, code).toMatch(/\.$|\)$/);
  });

  it("README.md leads to the README of every package", async () => {
    const readme = documents.find(({ path }) => path === "README.md");
    const linked = readme?.links.map(({ target }) => target) ?? [];
    for (const name of await readdir(join(ROOT, "packages"))) {
      expect(linked).toContain(`packages/${name}/`);
      expect(documents.map(({ path }) => path)).toContain(`packages/${name}/README.md`);
    }
  });

  it("finds a link that leads nowhere, and a heading that is not there", async () => {
    const text = "# A b\n[here](#a-b) [there](#none)\n[away](nowhere.md)\n";
    expect(await brokenLinks(readDocument("planted.md", text))).toHaveLength(3);
    const real = readDocument(
      "README.md",
      "[security](SECURITY.md#security) [x](SECURITY.md#none)",
    );
    expect(await brokenLinks(real)).toEqual(["README.md:1 no such heading: SECURITY.md#none"]);
  });
});
