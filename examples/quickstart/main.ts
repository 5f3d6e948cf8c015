import assert from "node:assert/strict";
import { isDenial } from "@interlatch/core";
import { signedGuard } from "@interlatch-examples/shared-bundle/bundle";

// 1. A guard over a signed bundle. An application reads both from files: see the README of @interlatch/core.
const { guard } = await signedGuard();

// 2. The host says who acts, once a run. Nothing that a model or a caller writes can change it.
const ticket = guard.for({
  agent: { id: "desk-bot", roles: ["clerk"], function: "customer_service" },
  tenant: "acme",
  session: "conversation-1",
});

// 3. Every tool call goes through the guard.
const deleted: unknown[] = [];
const listed = await guard.run(
  { ticket, id: "c1", tool: "list_customers", arguments: { limit: 500 } },
  ({ limit }: { limit: number }) => `${limit} customers`,
);
const refused = await guard.run(
  { ticket, id: "c2", tool: "delete_records", arguments: { table: "orders" } },
  (args: object) => deleted.push(args),
);

// 4. What was allowed ran on the effective arguments; what was denied did not run, and says why.
assert.equal(listed, "50 customers");
assert.ok(isDenial(refused));
assert.equal(refused.decision.code, "rule_denied");
assert.equal(deleted.length, 0);
console.log(`list_customers: ${String(listed)} (asked for 500; the policy clamps to 50)`);
console.log(`delete_records: ${refused.message}`);
console.log(`  decided by ${refused.decision.rule}, seed.yaml:${refused.decision.at?.line}`);
