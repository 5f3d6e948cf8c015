import type { AdapterUnderTest } from "@interlatch/conformance";
import {
  aiSdk6,
  aiSdk6Agent,
  aiSdk6Stream,
  aiSdk7,
  aiSdk7Agent,
  aiSdk7Stream,
} from "../adapters/ai-sdk.ts";
import { langChain, langChainBoth, langChainTools } from "../adapters/langchain.ts";
import {
  functional,
  langGraph,
  langGraphToolsOnly,
  reactAgentV1,
  reactAgentV2,
} from "../adapters/langgraph.ts";
import { plain } from "../adapters/plain.ts";

/** One way of one framework to run a tool. */
export interface Row {
  /** As `--framework` finds it. */
  readonly framework: string;
  readonly path: string;
  readonly adapter: AdapterUnderTest;
}

const LANGGRAPH = "LangGraph";
const LANGCHAIN = "LangChain";
const AI_7 = "AI SDK 7";
const AI_6 = "AI SDK 6";

/** Every framework, major and path, in the order of the table. */
export const ROWS: readonly Row[] = [
  { framework: LANGGRAPH, path: "policy node and tools", adapter: langGraph },
  { framework: LANGGRAPH, path: "guarded tools node alone", adapter: langGraphToolsOnly },
  { framework: LANGGRAPH, path: "`createReactAgent` v1", adapter: reactAgentV1 },
  { framework: LANGGRAPH, path: "`createReactAgent` v2", adapter: reactAgentV2 },
  { framework: LANGGRAPH, path: "functional API", adapter: functional },
  { framework: LANGCHAIN, path: "guarded tools", adapter: langChainTools },
  { framework: LANGCHAIN, path: "`policyMiddleware`", adapter: langChain },
  { framework: LANGCHAIN, path: "both", adapter: langChainBoth },
  { framework: AI_7, path: "`generateText`", adapter: aiSdk7 },
  { framework: AI_7, path: "`streamText`", adapter: aiSdk7Stream },
  { framework: AI_7, path: "`ToolLoopAgent`", adapter: aiSdk7Agent },
  { framework: AI_6, path: "`generateText`", adapter: aiSdk6 },
  { framework: AI_6, path: "`streamText`", adapter: aiSdk6Stream },
  { framework: AI_6, path: "`ToolLoopAgent`", adapter: aiSdk6Agent },
  { framework: "none", path: "`guard.run`", adapter: plain },
];
