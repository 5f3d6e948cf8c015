import type { Reviewer } from "@interlatch/core";
import type { PersonAnswer, ScriptedCall } from "./adapter.ts";
import type { Kit } from "./kit.ts";
import { KIT_POLICY } from "./policy.ts";
import { answerTo, call, pause, playScene, setStage } from "./scene.ts";

/** A member of the group that reviews where a rule names none. */
const ANN: Reviewer = { id: "ann", groups: ["reviewer"] };
const OUTSIDER: Reviewer = { id: "olga", groups: ["sales"] };
/** The life of a question where a rule names none, in milliseconds. */
const EXPIRES = 15 * 60_000;

const ONE = call("c1", "asked", { n: 1 });
const OTHER = call("c2", "asked", { n: 2 });

const approve = (about: ScriptedCall): PersonAnswer => ({ call: about, answer: "approve" });
const reject = (about: ScriptedCall): PersonAnswer => ({ call: about, answer: "reject" });

/** The answer of a person counts once, for the call it was given for, and nothing else counts. */
export function checkReviews({ adapter, check, expect, tells }: Kit): void {
  check("adapter.review", "waits for the host's answer: approved runs once", async () => {
    const asked: string[] = [];
    const scene = await playScene(adapter, [ONE, OTHER], {
      onReview: async ({ call: { id } }) => {
        asked.push(id);
        await Promise.resolve();
        return { answer: id === "c1" ? "approve" : "reject", reviewer: ANN };
      },
    });
    expect(asked.sort()).toEqual(["c1", "c2"]);
    expect(scene.runs).toEqual([["asked", { n: 1 }]]);
    tells(scene.answer("c1"), "asked ran");
    expect(scene.answers.map(({ id }) => id).sort()).toEqual(["c1", "c2"]);
  });

  check("adapter.review.approve", "runs an approved call once, and not before", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE, call("c3", "open"), call("c4", "shut")]);
    expect(stopped.asked).toEqual(["c1"]);
    expect(stage.runs.filter(([tool]) => tool === "asked")).toEqual([]);
    const ended = await stopped.resume([approve(ONE)], ANN);
    expect(ended.asked).toEqual([]);
    expect(stage.runs.filter(([tool]) => tool === "asked")).toEqual([["asked", { n: 1 }]]);
    expect(stage.runs.filter(([tool]) => tool === "open")).toEqual([["open", {}]]);
    tells(answerTo(ended.answers, "c1"), "asked ran");
    tells(answerTo(ended.answers, "c3"), "open ran");
    expect((await stage.guard.approvals.list()).map(({ state }) => state)).toEqual(["consumed"]);
  });

  check("adapter.review.reject", "never runs a rejected call, and the run goes on", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE, call("c3", "open")]);
    const ended = await stopped.resume([reject(ONE)], ANN);
    expect(ended.asked).toEqual([]);
    expect(stage.runs).toEqual([["open", {}]]);
    expect(ended.answers.map(({ id }) => id).sort()).toEqual(["c1", "c3"]);
    // Nor does it help to say yes afterwards.
    await stopped.resume([approve(ONE)], ANN);
    expect(stage.runs.filter(([tool]) => tool === "asked")).toEqual([]);
  });

  check("adapter.review.edit", "runs what the reviewer made of a call, and says so", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE]);
    const edit = { answer: "modify", arguments: { n: 0 } } as const;
    if (adapter.pause === undefined || adapter.edits === true) {
      const ended = await stopped.resume([{ call: ONE, ...edit }], ANN);
      tells(answerTo(ended.answers, "c1"), "asked ran");
    } else {
      const [asked] = await stage.guard.approvals.list();
      const { id = "", digest = "" } = asked ?? {};
      await stage.guard.approvals.decide({ id, digest, reviewer: ANN, ...edit });
      tells(answerTo((await stopped.resume([], ANN)).answers, "c1"), "asked ran");
    }
    expect(stage.runs).toEqual([["asked", { n: 0 }]]);
    const [last] = stage.guard.decisions.slice(-1);
    expect(last?.decision.rewrites.map(({ kind }) => kind)).toEqual(["reviewed"]);
  });

  check("adapter.review.expired", "takes an answer that comes too late for none", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE]);
    stage.guard.time.advance(EXPIRES);
    const late = await stopped.resume([approve(ONE)], ANN);
    expect(stage.runs).toEqual([]);
    // Told that it is over, or asked anew: never left without either.
    expect([...late.asked, ...late.answers.map(({ id }) => id)]).toEqual(["c1"]);
  });

  check("adapter.review.partial", "runs nothing for want of an answer", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE, OTHER]);
    expect([...stopped.asked].sort()).toEqual(["c1", "c2"]);
    const still = await stopped.resume([approve(ONE)], ANN);
    expect(still.asked).toEqual(["c2"]);
    expect(stage.runs.filter(([, args]) => sameCall(args, OTHER))).toEqual([]);
    const ended = await still.resume([reject(OTHER)], ANN);
    expect(ended.asked).toEqual([]);
    expect(stage.runs).toEqual([["asked", { n: 1 }]]);
    expect(ended.answers.map(({ id }) => id).sort()).toEqual(["c1", "c2"]);
  });

  check(
    "adapter.review.replay",
    "runs an approved call once, however often it is sent",
    async () => {
      const stage = await setStage(adapter);
      const stopped = await pause(stage, [ONE]);
      await stopped.resume([approve(ONE)], ANN);
      expect(stage.runs.length).toBe(1);
      for (const again of [ANN, ANN, undefined]) await stopped.resume([approve(ONE)], again);
      expect(stage.runs.length).toBe(1);
      expect(
        stage.guard.decisions.filter(({ decision }) => decision.effect === "allow").length,
      ).toBe(1);
    },
  );

  check("adapter.review.forged", "takes nobody's approval for none", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE]);
    for (const nobody of [undefined, OUTSIDER]) await stopped.resume([approve(ONE)], nobody);
    expect(stage.runs).toEqual([]);
    const made = await setStage(adapter);
    await adapter.forge?.(made.conversation([ONE]), ANN);
    expect(made.runs).toEqual([]);
    expect((await made.guard.approvals.list({ states: ["approved", "consumed"] })).length).toBe(0);
  });

  check(
    "adapter.review.other-call",
    "takes the answer about other arguments for none",
    async () => {
      const stage = await setStage(adapter);
      const stopped = await pause(stage, [ONE, OTHER]);
      await stopped.resume([{ ...approve(ONE), shown: OTHER.arguments }, reject(OTHER)], ANN);
      expect(stage.runs).toEqual([]);
    },
  );

  check("adapter.review.parallel", "hands no answer to the call beside it", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE, OTHER]);
    const ended = await stopped.resume([approve(OTHER), reject(ONE)], ANN);
    expect(stage.runs).toEqual([["asked", { n: 2 }]]);
    tells(answerTo(ended.answers, "c2"), "asked ran");
    // Nor to one with the same id in another conversation.
    const [here, there] = [call("c9", "asked", { n: 3 }), call("c9", "asked", { n: 4 })];
    const waits = await pause(stage, [here], "here");
    await (await pause(stage, [there], "there")).resume([approve(there)], ANN);
    expect(stage.runs.slice(1)).toEqual([["asked", { n: 4 }]]);
    await waits.resume([reject(here)], ANN);
    expect(stage.runs.length).toBe(2);
  });

  check("adapter.review.decided-again", "lets a policy that denies by then win", async () => {
    const stage = await setStage(adapter);
    const stopped = await pause(stage, [ONE]);
    const rules = KIT_POLICY.rules.map((rule) =>
      rule.name === "asks" ? { ...rule, action: "deny" as const } : rule,
    );
    await stage.guard.use({ ...KIT_POLICY, rules });
    await stopped.resume([approve(ONE)], ANN);
    expect(stage.runs).toEqual([]);
  });
}

function sameCall(args: unknown, { arguments: wanted }: ScriptedCall): boolean {
  return JSON.stringify(args) === JSON.stringify(wanted);
}
