import { isInterlatchError } from "@interlatch/core";
import { holdsJson } from "../vectors/same.ts";
import type { Kit } from "./kit.ts";
import { DRAFT, PLACE, QUOTE, WORDS } from "./policy.ts";
import { call, playScene, setStage, answerTo } from "./scene.ts";

/** What the agent gets instead of a denied call. */
export function checkFallbacks({ adapter, check, expect, tells }: Kit): void {
  check("adapter.message", "gives the model the policy's message", async () => {
    const scene = await playScene(adapter, [call("c1", "closed")]);
    expect(scene.runs).toEqual([]);
    tells(scene.answer("c1"), WORDS.message);
  });

  check("adapter.value", "gives the model a fallback value as the tool's result", async () => {
    const scene = await playScene(adapter, [call("c1", "quote")]);
    expect(scene.runs).toEqual([]);
    const text = scene.answer("c1");
    expect({ text, is: holdsJson(text, QUOTE) }).toEqual({ text, is: true });
  });

  check(
    "adapter.tool",
    "runs the lesser tool instead, and gives the model its result",
    async () => {
      const scene = await playScene(adapter, [call("c1", "send", { to: "a" }), call("c2", "open")]);
      const ran = new Map(scene.runs);
      expect([...ran.keys()].sort()).toEqual(["draft", "open"]);
      expect(scene.runs.length).toBe(2);
      expect(ran.get("draft")).toEqual(DRAFT);
      tells(scene.answer("c1"), "draft ran");
      tells(scene.answer("c1"), WORDS.tool);
      for (const id of ["c1", "c1#fallback"])
        expect(scene.records(id)).toEqual(["call", "outcome"]);
    },
  );

  check("adapter.route", "sends the run on, or gives the message where it cannot", async () => {
    const scene = await playScene(adapter, [call("c1", "pass"), call("c2", "open")]);
    expect(scene.runs).toEqual([["open", {}]]);
    expect(scene.visits).toEqual(adapter.routes === true ? [PLACE] : []);
    if (adapter.routes !== true) tells(scene.answer("c1"), WORDS.route);
  });

  check("adapter.throw", "throws only where the host wants it, and runs nothing", async () => {
    const scene = await playScene(adapter, [call("c1", "stop")]);
    tells(scene.answer("c1"), WORDS.throw);
    const strict = await setStage(adapter, { allowThrow: true });
    const ended = await adapter.converse(strict.conversation([call("c1", "stop")])).then(
      (answers) => ({ code: null, text: answerTo(answers, "c1") }),
      (error: unknown) => {
        if (!isInterlatchError(error)) throw error;
        return { code: error.code, text: error.message };
      },
    );
    expect(ended.code).toBe(adapter.catches === true ? null : "ERR_DENIED");
    tells(ended.text, WORDS.throw);
    expect([...scene.runs, ...strict.runs]).toEqual([]);
  });

  check("adapter.repeated", "tells a model that goes on trying to stop", async () => {
    const stage = await setStage(adapter);
    const told: string[] = [];
    for (const id of ["c1", "c2", "c3", "c4"]) {
      const answers = await adapter.converse(stage.conversation([call(id, "shut", { order: 7 })]));
      told.push(answerTo(answers, id));
    }
    expect(stage.runs).toEqual([]);
    expect(stage.guard.decisions.map(({ decision }) => decision.code)).toEqual([
      "rule_denied",
      "rule_denied",
      "rule_denied",
      "repeated",
    ]);
    for (const text of told) tells(text, WORDS.shut);
    expect(new Set(told).size).toBe(2);
  });
}
