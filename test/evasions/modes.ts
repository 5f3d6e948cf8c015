import assert from "node:assert/strict";
import { ENGINE, inlineSource, type Logger } from "@interlatch/core";
import { built, mustDeny, refused, signing, type Evasion } from "./evasion.ts";
import { guardOver } from "../signed.ts";

const TOOL = "tools: { t: { operation: write, resources: none } }\n";

/** Attacks by policies that watch and do not act. */
export const modeEvasions: readonly Evasion[] = [
  {
    id: "evasion.T22",
    title: "a bundle that only advises does not load, unless the host itself says so",
    run: async () => {
      for (const mode of [
        "log",
        "advisory",
        "off",
        "Shadow",
        "audit",
        "[enforce]",
        "false",
        "null",
      ])
        await refused(`mode: ${mode}\n${TOOL}rules: []\n`, ["bad_value", "wrong_shape"]);
      const { bundle, trust } = await signing();
      const policy = await built(`${TOOL}rules: [{ name: no, tool: t, action: deny }]\n`);
      for (const mode of ["advise", "", "ENFORCE", null, undefined, false, ["enforce"]]) {
        // Signed all the same, as by a build that was tampered with.
        const advising = { ...policy, mode } as unknown as typeof policy;
        await assert.rejects(guardOver(await bundle(advising), trust, { allowShadow: true }), {
          code: /^ERR_BUNDLE_(MODE|POLICY)$/,
        });
      }
      const shadow = await bundle(
        await built(`mode: shadow\n${TOOL}rules: [{ name: no, tool: t, action: deny }]\n`),
      );
      for (const options of [{}, { allowShadow: false }])
        await assert.rejects(guardOver(shadow, trust, options), { code: "ERR_BUNDLE_MODE" });
      const newer = { ...policy, engine: ENGINE + 1 };
      await assert.rejects(guardOver(await bundle(newer, { engine: ENGINE + 1 }), trust), {
        code: "ERR_BUNDLE_ENGINE",
      });
    },
  },
  {
    id: "evasion.T22",
    title: "what is enforced is said at the start, and a policy in shadow loosens none beside it",
    run: async () => {
      const { bundle, trust } = await signing();
      const rules = (action: string): string =>
        `${TOOL}rules: [{ name: r, tool: t, action: ${action} }]\n`;
      const allows = await bundle(await built(`mode: shadow\n${rules("allow")}`), { id: "draft" });
      const denies = await bundle(await built(rules("deny")));
      const said: string[] = [];
      const say = (_fields: object, text: string): void => void said.push(text);
      const logger: Logger = { debug: () => undefined, info: say, warn: say, error: say };
      const alone = await guardOver(allows, trust, { allowShadow: true, logger });
      assert.equal(alone.guard.status().bundle?.mode, "shadow");
      assert.match(said.join("\n"), /NOTHING IS ENFORCED/);
      const beside = await guardOver(denies, trust, { shadow: inlineSource(allows), logger });
      assert.equal(beside.guard.status().bundle?.mode, "enforce");
      assert.equal(beside.guard.status().shadow?.mode, "shadow");
      await mustDeny(beside.guard, "t", [{}], "rule_denied");
    },
  },
];
