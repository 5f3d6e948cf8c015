import { mail, model, paid, pay } from "../../../test/docs/pay-agent.ts";
import { testGuard } from "@interlatch/core/testing";

export { mail, model, paid, pay };

export const guard = await testGuard({ pay: "review", mail: "review" });
export const ticket = guard.ticket();
/** Whom the server has found behind the request. */
export const signedIn = { id: "rita", groups: ["reviewer"] };
