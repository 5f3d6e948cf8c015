import { mail, model, paid, pay } from "../../../test/docs/pay-agent.ts";

export { mail, model, paid, pay };
