import { AIMessage } from "@langchain/core/messages";
import { Command, MemorySaver, type BaseCheckpointSaver } from "@langchain/langgraph";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { memoryApprovals } from "@interlatch/core/approvals";
import { afterAll, afterEach, describe, expect } from "vitest";
import { ASKING_PATHS } from "../langgraph/paths.ts";
import {
  answers,
  APPROVE,
  FINANCE,
  FRAMEWORKS,
  questionOf,
  REJECT,
  start,
  told,
  type Framework,
} from "../review/apps.ts";
import { call } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { startDatabase } from "../postgres.ts";

const database = await startDatabase();
const open: PostgresSaver[] = [];
let schemas = 0;

afterEach(async () => {
  for (const saver of open.splice(0)) await saver.end();
});
afterAll(() => database?.stop());

/** Checkpoints of one test, and what another process sees of them. */
type Checkpoints = () => Promise<() => Promise<BaseCheckpointSaver>>;

async function inMemory(): Promise<() => Promise<BaseCheckpointSaver>> {
  const saver = new MemorySaver();
  return async () => saver;
}

async function inPostgres(): Promise<() => Promise<PostgresSaver>> {
  const schema = `s${++schemas}`;
  return async () => {
    // A pool of its own, as another process has.
    const saver = PostgresSaver.fromConnString(database?.url ?? "", { schema });
    open.push(saver);
    await saver.setup();
    return saver;
  };
}

const LOOK = call("look", { amount: 1 }, "c0");
const PAY = call("pay", { amount: 7 }, "c1");
const MAIL = call("mail", {}, "c2");

function kept(name: string, checkpoints: Checkpoints, isThere: boolean): void {
  describe.skipIf(!isThere).each(ASKING_PATHS)(`$name, kept in ${name}`, ({ make }) => {
    verifies("lg.x.another-process", "goes on in another process, and there once", async () => {
      const stores = { approvals: memoryApprovals() };
      const saver = await checkpoints();
      /** Another guard, another graph, another model, and nothing of the first but store and checkpoints. */
      const another = async (turns: Parameters<typeof start>[1] = []) =>
        start(make, turns, { stores, checkpointer: await saver() });
      const asking = await another([[LOOK, PAY, MAIL]]);
      const question = await asking.ask();
      const going = await another();
      const some = answers(question, ({ name: tool }) => (tool === "pay" ? APPROVE : null));
      const again = questionOf(await going.app.invoke(some, going.as(FINANCE)));
      const ending = await another();
      const done = await ending.app.invoke(
        answers(again, () => REJECT),
        ending.as(FINANCE),
      );
      expect(told(done)).toEqual(["c0 ran", "c1 ran", "c2 approval_rejected"]);
      expect([asking.ran, going.ran]).toEqual([[], []]);
      expect(ending.ran.toSorted()).toEqual([
        'look {"to":"ann","amount":1}',
        'pay {"to":"ann","amount":7}',
      ]);
      const late = await another();
      for (const resume of [some, null]) await late.app.invoke(resume, late.as(FINANCE));
      expect(late.ran).toEqual([]);
    });
  });

  describe.skipIf(!isThere).each(FRAMEWORKS)(`%s, kept in ${name}`, (_, framework) => {
    verifies(
      "lg.12",
      "runs an approved call once, wherever in its history it goes on",
      async () => {
        const saver = await checkpoints();
        const { app, ask, as, ran } = await start(framework, [[PAY]], {
          checkpointer: await saver(),
        });
        const approved = answers(await ask(), () => APPROVE);
        expect(told(await app.invoke(approved, as(FINANCE)))).toEqual(["c1 ran"]);
        const history = [];
        for await (const state of app.getStateHistory(as())) history.push(state);
        expect(history.length).toBeGreaterThan(3);
        for (const { config } of history) {
          for (const input of [null, approved]) {
            await app.invoke(input, as(FINANCE, config.configurable));
          }
        }
        expect(ran).toEqual(['pay {"to":"ann","amount":7}']);
      },
    );

    verifies("lg.x.time-travel", "runs nothing that was written into an old state", async () => {
      const saver = await checkpoints();
      const { app, ask, as, ran, guard } = await start(framework, [[PAY]], {
        checkpointer: await saver(),
      });
      const approved = answers(await ask(), () => APPROVE);
      await app.invoke(approved, as(FINANCE));
      const node = isGraph(framework) ? "agent" : "model_request";
      const history = [];
      for await (const state of app.getStateHistory(as())) history.push(state);
      for (const { config, values } of history) {
        const asked = values.messages?.findLast((one) => AIMessage.isInstance(one));
        const tool_calls = [{ ...PAY, args: { amount: 666 } }];
        const forged = new AIMessage({ id: asked?.id ?? "a1", content: "", tool_calls });
        const fork = await app.updateState(config, { messages: [forged] }, node);
        const { configurable } = fork as { configurable: object };
        for (const input of [approved, null]) {
          await app.invoke(input, as(FINANCE, configurable));
        }
        await app.updateState(fork, { messages: [] }, isGraph(framework) ? "policy" : node);
        await app.invoke(new Command({ goto: "tools" }), as(undefined));
      }
      // Rita has approved nothing but the seven.
      expect(ran).toEqual(['pay {"to":"ann","amount":7}']);
      expect(await guard.approvals.list({ states: ["consumed"] })).toHaveLength(1);
    });
  });
}

kept("memory", inMemory, true);
kept("PostgreSQL", inPostgres, database !== undefined);

function isGraph(framework: Framework): boolean {
  return framework === FRAMEWORKS[0]?.[1];
}
