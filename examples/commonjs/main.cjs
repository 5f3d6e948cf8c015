const assert = require("node:assert/strict");
const { isDenial, inlineSource, memoryAudit, memoryRollback } = require("@interlatch/core");
const { createGuard } = require("@interlatch/core/node");
const { bundle, trust } = require("./signed.cjs");

async function main() {
  const guard = await createGuard({
    bundle: inlineSource(await bundle),
    trust: await trust,
    audience: "example",
    rollback: memoryRollback(),
    audit: memoryAudit(),
  });
  const ticket = guard.for({ agent: { id: "desk-bot", roles: ["clerk"] }, session: "s1" });
  const paid = [];
  const refund = (id, amount) =>
    guard.run({ ticket, id, tool: "refund", arguments: { amount } }, (judged) => {
      paid.push(judged.amount);
      return `refunded ${judged.amount}`;
    });

  const allowed = await refund("c1", 50);
  const denied = await refund("c2", 5000);
  assert.ok(isDenial(denied));
  assert.deepEqual(paid, [50]);
  console.log(`${String(allowed)}; ${denied.decision.code}: ${denied.message}`);
  await guard.close();
}

void main();
