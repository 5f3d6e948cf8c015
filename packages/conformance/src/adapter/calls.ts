import type { LimitStore } from "@interlatch/core";
import { sameJson } from "../vectors/same.ts";
import { MOST, UNITS, WORDS } from "./policy.ts";
import { call, playScene, UNKNOWN } from "./scene.ts";
import type { Kit } from "./kit.ts";

/** What is allowed runs once, what is denied never, and nothing that happens to one call touches another. */
export function checkCalls({ adapter, check, expect, tells }: Kit): void {
  check("adapter.allow", "runs an allowed call once, and the model sees its result", async () => {
    const args = { order: 7, lines: [{ sku: "a", count: 2 }], note: "é" };
    const scene = await playScene(adapter, [call("c1", "open", args)]);
    expect(scene.runs).toEqual([["open", args]]);
    tells(scene.answer("c1"), "open ran");
  });

  check("adapter.deny", "never runs a denied call, and tells the model why", async () => {
    const scene = await playScene(adapter, [call("c1", "shut", { order: 7 })]);
    expect(scene.runs).toEqual([]);
    tells(scene.answer("c1"), WORDS.shut);
    expect(scene.guard.decisions.map(({ decision }) => decision.code)).toEqual(["rule_denied"]);
  });

  check("adapter.mixed", "runs what is allowed beside what is denied, and only that", async () => {
    const calls = [
      call("c1", "shut"),
      call("c2", "open", { n: 1 }),
      call("c3", "quote"),
      call("c4", "export", { size: 5000 }),
      call("c5", "also_open", { n: 2 }),
    ];
    const scene = await playScene(adapter, calls);
    const ran = new Map(scene.runs);
    expect([...ran.keys()].sort()).toEqual(["also_open", "export", "open"]);
    expect(scene.runs.length).toBe(3);
    expect(ran.get("open")).toEqual({ n: 1 });
    expect(ran.get("also_open")).toEqual({ n: 2 });
    tells(scene.answer("c1"), WORDS.shut);
    tells(scene.answer("c2"), "open ran");
    tells(scene.answer("c5"), "also_open ran");
  });

  check("adapter.ids", "answers every call of a turn under its id, once", async () => {
    const ids = ["c1", "c2", "c3", "c4", "c5"];
    const tools = ["shut", "open", "quote", "export", "open"];
    const calls = ids.map((id, index) => call(id, tools[index] ?? "open", { size: 1 }));
    const scene = await playScene(adapter, calls);
    expect(scene.answers.map(({ id }) => id).sort()).toEqual(ids);
  });

  check(
    "adapter.clamp",
    "runs a clamped call with the smaller number, and the model hears of it",
    async () => {
      const scene = await playScene(adapter, [
        call("c1", "export", { size: 5000, table: "orders" }),
      ]);
      expect(scene.runs).toEqual([["export", { size: MOST, table: "orders" }]]);
      tells(scene.answer("c1"), "export ran");
      tells(scene.answer("c1"), String(MOST));
      tells(scene.answer("c1"), "5000");
    },
  );

  check("adapter.mutation", "keeps what a tool does to its arguments to that tool", async () => {
    const args = { order: 7, lines: [1] };
    const execute = (_: string, got: unknown): string => {
      Object.assign(got as object, { order: 8, lines: [] }); // a tool of this kit gets an object
      return "ran";
    };
    const scene = await playScene(
      adapter,
      [call("c1", "open", args), call("c2", "also_open", args)],
      { execute },
    );
    expect(scene.runs.map(([, got]) => got)).toEqual([
      { order: 7, lines: [1] },
      { order: 7, lines: [1] },
    ]);
    for (const { decision } of scene.guard.decisions) {
      expect(sameJson(decision.arguments, { order: 7, lines: [1] })).toBe(true);
    }
  });

  check("adapter.duplicate", "runs nothing twice for an id that stands twice", async () => {
    const calls = [
      call("c1", "open", { n: 1 }),
      call("c1", "open", { n: 2 }),
      call("c2", "also_open"),
    ];
    const scene = await playScene(adapter, calls);
    const twice = scene.runs.filter(([name]) => name === "open").length;
    expect({ twice, atMostOnce: twice <= 1 }).toEqual({ twice, atMostOnce: true });
    tells(scene.answer("c2"), "also_open ran");
  });

  check("adapter.unknown", "survives a tool that nobody knows", async () => {
    const scene = await playScene(adapter, [call("c1", UNKNOWN), call("c2", "open")]);
    expect(scene.runs.map(([name]) => name)).toEqual(["open"]);
    tells(scene.answer("c2"), "open ran");
  });

  check("adapter.identity", "runs nothing without a ticket, and survives it", async () => {
    const scene = await playScene(adapter, [call("c1", "open")], { ticket: false });
    expect(scene.runs).toEqual([]);
    expect(scene.guard.decisions.map(({ decision }) => decision.code)).toEqual([
      "identity_required",
    ]);
  });

  check("adapter.guard-error", "runs nothing where the guard fails, and survives it", async () => {
    const limits: LimitStore = {
      reserve: () => {
        throw new Error("the store is down");
      },
      peek: () => ({ ok: true }),
    };
    const scene = await playScene(adapter, [call("c1", "counted"), call("c2", "open")], {
      limits,
    });
    expect(scene.runs.map(([name]) => name)).toEqual(["open"]);
    expect(scene.answers.map(({ id }) => id).sort()).toEqual(["c1", "c2"]);
  });

  check("adapter.tool-error", "lets a tool that throws leave the others alone", async () => {
    const execute = (name: string): string => {
      if (name === "open") throw new Error("the tool broke");
      return `${name} ran`;
    };
    const scene = await playScene(adapter, [call("c1", "open"), call("c2", "also_open")], {
      execute,
    });
    expect(scene.answers.map(({ id }) => id).sort()).toEqual(["c1", "c2"]);
    tells(scene.answer("c1"), "the tool broke");
    tells(scene.answer("c2"), "also_open ran");
  });

  check("adapter.records", "leaves one record before each call and one after", async () => {
    const ids = ["c1", "c2", "c3", "c4"];
    const scene = await playScene(adapter, [
      call("c1", "open"),
      call("c2", "shut"),
      call("c3", "quote"),
      call("c4", "export", { size: 99 }),
    ]);
    for (const id of ids) expect([id, ...scene.records(id)]).toEqual([id, "call", "outcome"]);
  });

  check("adapter.limit", "holds a limit, also within one turn", async () => {
    const calls = ["c1", "c2", "c3"].map((id) => call(id, "counted", { id }));
    const scene = await playScene(adapter, calls);
    expect(scene.runs.length).toBe(UNITS);
    const codes = scene.guard.decisions.map(({ decision }) => decision.code);
    expect(codes.filter((code) => code === "rate_limited").length).toBe(1);
    expect(scene.answers.map(({ id }) => id).sort()).toEqual(["c1", "c2", "c3"]);
  });
}
