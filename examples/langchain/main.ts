import assert from "node:assert/strict";
import { denialOf, guardTool, policyMiddleware } from "@interlatch/langchain";
import { signedGuard } from "@interlatch-examples/shared-bundle/bundle";
import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { createAgent, tool } from "langchain";
import { z } from "zod";

const { guard, audit } = await signedGuard();

// The tools know nothing of a policy; they count what they really did.
const ran: string[] = [];
const listCustomers = tool(
  ({ limit }) => `${limit} customers (run ${ran.push("list_customers")})`,
  {
    name: "list_customers",
    description: "Lists customers.",
    schema: z.object({ limit: z.number().int() }),
  },
);
const deleteRecords = tool(({ table }) => `${table} is gone (run ${ran.push("delete_records")})`, {
  name: "delete_records",
  description: "Deletes all records of a table.",
  schema: z.object({ table: z.string() }),
});
const readReport = tool(({ quarter }) => `figures of ${quarter} (run ${ran.push("read_report")})`, {
  name: "read_report",
  description: "Reads the report of a quarter.",
  schema: z.object({ quarter: z.string() }),
});

// A script in place of a model, so that this runs without a key. A real one takes its place as it is:
//   import { ChatAnthropic } from "@langchain/anthropic";
//   const model = new ChatAnthropic({ model: "…" });
const model = fakeModel()
  .respondWithTools([
    { id: "c1", name: "list_customers", args: { limit: 500 } },
    { id: "c2", name: "delete_records", args: { table: "orders" } },
    { id: "c3", name: "read_report", args: { quarter: "q3" } },
  ])
  .respond(new AIMessage("Here are 50 customers. The records stay, and the report is not for me."));

// 1. An agent with one more middleware, the last of its list.
const agent = createAgent({
  model,
  tools: [listCustomers, deleteRecords, readReport],
  middleware: [policyMiddleware(guard)],
});

// 2. The host says who acts, once a run, from what its own authentication knows.
const ticket = guard.for({
  agent: { id: "desk-bot", roles: ["clerk"], function: "customer_service" },
  user: { id: "u-17" },
  tenant: "acme",
  session: "conversation-1",
});
const request = { messages: [new HumanMessage("List customers, drop the orders, read me q3.")] };
const { messages } = await agent.invoke(request, { configurable: { interlatch: ticket } });

// 3. One call ran, on fewer customers; two did not; and the run went on to its answer.
const answers = new Map(
  messages
    .filter((message) => ToolMessage.isInstance(message))
    .map((message) => [message.tool_call_id, message] as const),
);
assert.deepEqual(ran, ["list_customers"]);
assert.match(answers.get("c1")?.text ?? "", /^50 customers .*reduced from 500 to 50/s);
console.log("allowed   list_customers  asked for 500, ran with 50, and the model was told");

assert.equal(answers.get("c2")?.status, "error");
assert.deepEqual(denialOf(answers.get("c2"))?.rule, "records_are_kept");
console.log(`denied    delete_records  ${answers.get("c2")?.text}`);

assert.equal(answers.get("c3")?.status, "success");
assert.match(answers.get("c3")?.text ?? "", /Not released to desk-bot/);
console.log(`replaced  read_report     ${answers.get("c3")?.text}`);

assert.match(messages.at(-1)?.text ?? "", /^Here are 50 customers/);
console.log(`went on   ${messages.at(-1)?.text}`);

// 4. The same guard on a single tool, for code that has no agent. Without a ticket nobody acts, so nothing runs.
const alone = guardTool(deleteRecords, guard);
const direct = await alone.invoke({ table: "orders" }, { configurable: { interlatch: ticket } });
assert.match(String(direct), /records team/);
const nobody = await alone.invoke({ table: "orders" }, { configurable: { interlatch: {} } });
assert.match(String(nobody), /not known who acts/);
assert.deepEqual(ran, ["list_customers"]);
console.log(
  "guarded   a tool alone, called by code: denied too, and denied to nobody in particular",
);

const outcomes = audit.records.flatMap((record) =>
  record.type === "outcome" ? [record.outcome] : [],
);
assert.deepEqual(outcomes.toSorted(), ["blocked", "blocked", "blocked", "blocked", "executed"]);
console.log("recorded  five calls, five outcomes");
