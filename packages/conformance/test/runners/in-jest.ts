import { testAdapter, type Runner } from "../../src/index.ts";
import { loop } from "../loop-adapter.ts";
import { compile } from "./compile.ts";

// Jest puts them there.
const { describe, it, expect } = globalThis as unknown as Runner;

testAdapter(loop, { describe, it, expect }, { compile });
