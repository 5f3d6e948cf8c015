import type { Approval } from "@interlatch/core";
import { memoryApprovals } from "@interlatch/core/approvals";
import { describe, expect } from "vitest";
import { FINANCE, hasStopped, HELLO, start, told, type Conversation } from "../review/apps.ts";
import { call } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { PATHS } from "./paths.ts";

const LOOK = call("look", { amount: 1 }, "c0");
const PAY = call("pay", { amount: 7 }, "c1");
const WAITING = PATHS.filter(({ reviews }) => reviews === "tool");

/** What the guard is waiting for, once it does. */
async function asked({ guard }: Conversation): Promise<Approval> {
  const id = await new Promise<string>((resolve) => {
    guard.on("approval.requested", (notice) => resolve(notice.id));
  });
  const approval = await guard.approvals.get(id);
  if (approval === null) throw new Error("what was announced is not there");
  return approval;
}

describe.each(WAITING)("$name, which stops no run,", ({ make }) => {
  verifies("lg.x.review", "waits at the tool for an answer from elsewhere", async () => {
    for (const answer of ["approve", "reject"] as const) {
      const stores = { approvals: memoryApprovals() };
      const begun = await start(make, [[LOOK, PAY]], { stores, reviewTimeout: 60_000 });
      const { app, as, ran, guard } = begun;
      const question = asked(begun);
      const running = app.invoke(HELLO, as());
      const { id, digest } = await question;
      expect(ran.filter((one) => one.startsWith("pay"))).toEqual([]);
      // Somebody who waits for nothing answers: a page, a message, another process with the same store.
      await guard.approvals.decide({ id, digest, reviewer: FINANCE, answer });
      const done = await running;
      expect(hasStopped(done)).toBe(false);
      const outcome = answer === "approve" ? "ran" : "approval_rejected";
      expect(told(done)).toEqual(["c0 ran", `c1 ${outcome}`]);
      expect(ran).toHaveLength(answer === "approve" ? 2 : 1);
    }
  });

  verifies("lg.x.review", "asks the host that can answer at once", async () => {
    const onReview = async () => ({ answer: "approve", reviewer: FINANCE }) as const;
    const { app, as, ran } = await start(make, [[PAY, LOOK]], { onReview });
    expect(told(await app.invoke(HELLO, as()))).toEqual(["c0 ran", "c1 ran"]);
    expect(ran).toHaveLength(2);
  });

  verifies("lg.x.review", "denies it where nobody can answer, and asks nobody", async () => {
    const { app, as, ran, guard } = await start(make, [[PAY]]);
    expect(told(await app.invoke(HELLO, as(FINANCE)))).toEqual(["c1 review_unavailable"]);
    expect(ran).toEqual([]);
    expect(await guard.approvals.list()).toEqual([]);
  });

  verifies("lg.34", "starts no tool once its run is over", async () => {
    const stores = { approvals: memoryApprovals() };
    const begun = await start(make, [[PAY]], { stores, reviewTimeout: 60_000 });
    const { app, as, ran, guard } = begun;
    const question = asked(begun);
    const run = new AbortController();
    const running = app
      .invoke(HELLO, { ...as(), signal: run.signal })
      .catch((error: unknown) => error);
    const { id, digest } = await question;
    const over = new Promise((resolve) => {
      guard.on("decision", ({ decision }) => resolve(decision.code));
    });
    run.abort();
    expect(await running).toBeInstanceOf(Error);
    expect(await over).toBe("review_pending");
    await guard.approvals.decide({ id, digest, reviewer: FINANCE, answer: "approve" });
    expect(ran).toEqual([]);
    expect(await guard.approvals.get(id)).toMatchObject({ state: "approved" });
  });
});
