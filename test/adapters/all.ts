import type { AdapterUnderTest } from "@interlatch/conformance";
import { aiSdk6, aiSdk6Stream, aiSdk7, aiSdk7Stream } from "./ai-sdk.ts";
import { langChain, langChainBoth } from "./langchain.ts";
import { langGraph, langGraphToolsOnly } from "./langgraph.ts";

/** Every framework, major and path that the kit is run through. */
export const ADAPTERS: readonly AdapterUnderTest[] = [
  langGraph,
  langGraphToolsOnly,
  langChain,
  langChainBoth,
  aiSdk7,
  aiSdk7Stream,
  aiSdk6,
  aiSdk6Stream,
];
