export { EXIT, type Exit } from "./exit-codes.ts";
export type { Io, Stream } from "./io.ts";
export { run } from "./main.ts";
