import type { DataClass, Operation } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";

/** What the conditions of one decision read. All of it is frozen JSON; what is `undefined` is an error to read. */
export interface CallScope {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Always holds `id` and `roles`. */
  readonly agent: JsonObject;
  /** The agents that it acts for, the nearest first. No condition reads them: each is read as `agent` in its turn. */
  readonly delegation?: readonly JsonObject[] | undefined;
  readonly user: JsonObject | undefined;
  readonly tenant: string | undefined;
  readonly dataType: DataClass | undefined;
  readonly operation: Operation;
  readonly session: string;
  /** `undefined` where those of the host do not fit the policy. */
  readonly facts: JsonObject | undefined;
  readonly risk: number;
  /** `request.time`: epoch milliseconds. */
  readonly time: number;
  readonly context: JsonObject;
}

/** Cost units left in one decision. Below zero: everything evaluated from then on is an error. */
export interface CostBudget {
  left: number;
}
