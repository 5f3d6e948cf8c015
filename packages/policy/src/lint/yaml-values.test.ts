import { expect, it } from "vitest";
import { SOUND_HEAD as HEAD, warningsOf } from "../../test/warnings.ts";

it("numbers that look like texts are told, with what YAML makes of them", async () => {
  const facts =
    '{ zip: 012, hash: 12e3, hex: 0x1F, list: [007, 10], plain: 12, half: 0.5, text: "012" }';
  const rule = "rules: [{ name: r, tool: t, when: facts == facts, action: deny }]";
  const lines = await warningsOf(`${HEAD}facts: ${facts}\n${rule}\n`);
  expect(lines.filter((line) => line.includes("yaml_"))).toEqual([
    "7:15 yaml_number: YAML reads `012` as the number 12.",
    "7:26 yaml_number: YAML reads `12e3` as the number 12000.",
    "7:37 yaml_number: YAML reads `0x1F` as the number 31.",
    "7:50 yaml_number: YAML reads `007` as the number 7.",
  ]);
});

it("numbers in the fixed values of a schema are told, its bounds are not", async () => {
  const schema =
    "{ type: object, properties: { a: { enum: [01, 2] }, b: { const: 1e2 }, c: { type: integer, maximum: 1e3 } } }";
  const text = HEAD.replace("u: {", `u: { arguments: ${schema},`);
  expect(await warningsOf(text)).toEqual([
    "6:61 yaml_number: YAML reads `01` as the number 1.",
    "6:83 yaml_number: YAML reads `1e2` as the number 100.",
  ]);
});

it("words that YAML 1.1 took for booleans are told", async () => {
  const rule = "rules: [{ name: r, tool: t, when: facts == facts, action: deny }]";
  const lines = await warningsOf(
    `${HEAD}facts: { open: yes, shut: Off, country: "no", all: [yes], real: true }\n${rule}\n`,
  );
  expect(lines.filter((line) => line.includes("yaml_"))).toEqual([
    "7:16 yaml_boolean_word: `yes` is a text to YAML, not a boolean.",
    "7:27 yaml_boolean_word: `Off` is a text to YAML, not a boolean.",
  ]);
});
