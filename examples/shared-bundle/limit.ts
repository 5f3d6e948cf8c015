import { isDenial } from "@interlatch/core";
import { signedGuard } from "./bundle.ts";
import type { Checks } from "./checks.ts";

/** The seed's second rule: one hundred calls a minute, and the next one denied until the first is a minute old. */
export async function limitReached(checks: Checks): Promise<void> {
  let now = Date.now();
  const { guard } = await signedGuard({ clock: () => now });
  const agent = { id: "desk-bot", roles: ["clerk"], function: "customer_service" };
  const ticket = guard.for({ agent, tenant: "acme", session: "conversation-1" });
  let ran = 0;
  const call = (id: string): unknown =>
    guard.run(
      { ticket, id, tool: "external_api", arguments: { url: "https://api.test" } },
      () => ++ran,
    );

  for (let index = 1; index <= 100; index++) {
    await call(`call-${index}`);
    now += 100;
  }
  checks.expect(ran === 100, line("calls 1 to 100 within ten seconds", "allowed"));
  const next = await call("call-101");
  const code = isDenial(next) ? next.decision.code : "it ran";
  const wait =
    isDenial(next) && next.decision.effect === "deny" ? next.decision.retryAfter : undefined;
  const denied = code === "rate_limited" && ran === 100;
  checks.expect(denied, line("call 101", `denied ${code}, retry after ${wait} s`));
  now += (wait ?? 0) * 1000;
  await call("call-102");
  checks.expect(ran === 101, line(`call 102, ${wait} s later`, "allowed"));
}

function line(what: string, answer: string): string {
  return `${what.padEnd(40)}${answer}`;
}
