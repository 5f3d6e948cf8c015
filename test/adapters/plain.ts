import type { AdapterUnderTest } from "@interlatch/conformance";
import { loop } from "../../packages/conformance/test/loop-adapter.ts";

/** `guard.run` in a loop of one's own, without a framework. */
export const plain: AdapterUnderTest = { ...loop, name: "guard.run" };
