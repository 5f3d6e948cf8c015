import { compilePolicy } from "@interlatch/policy";
import type { Compile } from "../../src/index.ts";

/** The policy compiler, as the kit takes it. */
export const compile: Compile = (text) => compilePolicy({ files: [{ path: "policy.yaml", text }] });
