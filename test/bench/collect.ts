import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Makes a function that collects garbage now, so that what is left can be measured. */
export function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("this Node cannot collect on demand");
  return () => void collect();
}
