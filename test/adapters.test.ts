import { testAdapter } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { compile } from "../packages/conformance/test/runners/compile.ts";
import { ADAPTERS } from "./adapters/all.ts";

for (const adapter of ADAPTERS) testAdapter(adapter, { describe, expect, it }, { compile });
