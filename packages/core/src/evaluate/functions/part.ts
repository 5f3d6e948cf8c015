import type { FunctionName } from "../../policy/expression.ts";
import { ADDRESS_IN, PRIVATE_HOST } from "./address.ts";
import type { FunctionTable } from "./function.ts";
import { GLOB } from "./glob.ts";
import { HOST, IN_DOMAIN } from "./host.ts";
import { UNDER } from "./path.ts";
import type { TextFunctionName } from "./text.ts";
import { DURATION, TIMESTAMP, TIME_PARTS } from "./time.ts";

/** Functions of hosts, addresses, paths, globs and times: a part that is loaded where a policy calls one of them. */
export type FurtherFunctions = FunctionTable<Exclude<FunctionName, TextFunctionName>>;

export const FURTHER_FUNCTIONS: FurtherFunctions = {
  host: { unary: HOST },
  isPrivateHost: { unary: PRIVATE_HOST },
  timestamp: { unary: TIMESTAMP },
  duration: { unary: DURATION },
  glob: { binary: GLOB },
  inDomain: { binary: IN_DOMAIN },
  under: { binary: UNDER },
  ipIn: { binary: ADDRESS_IN },
  getFullYear: { binary: TIME_PARTS.getFullYear },
  getMonth: { binary: TIME_PARTS.getMonth },
  getDate: { binary: TIME_PARTS.getDate },
  getDayOfMonth: { binary: TIME_PARTS.getDayOfMonth },
  getDayOfWeek: { binary: TIME_PARTS.getDayOfWeek },
  getDayOfYear: { binary: TIME_PARTS.getDayOfYear },
  getHours: { binary: TIME_PARTS.getHours },
  getMinutes: { binary: TIME_PARTS.getMinutes },
  getSeconds: { binary: TIME_PARTS.getSeconds },
  getMilliseconds: { binary: TIME_PARTS.getMilliseconds },
};
