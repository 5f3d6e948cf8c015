import { delegate } from "./delegate.ts";

await delegate({
  name: "demo",
  file: "examples/shared-bundle/demo.ts",
  help: `pnpm demo

One signed bundle decides the same calls in LangGraph, LangChain and the Vercel AI SDK, with a scripted
model: no key, no network.`,
});
