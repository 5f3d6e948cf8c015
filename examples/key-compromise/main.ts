import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Service, startServices, type ToolName } from "./services.ts";
import { makeKey, signBundle, signRoot } from "./team.ts";

const folder = await mkdtemp(join(tmpdir(), "key-compromise-"));
const bundleFile = join(folder, "shop.bundle.json");
const rootsFolder = join(folder, "roots");
await mkdir(rootsFolder);

/** Whoever reads the file sees the old one or the new one, never a part. */
async function publish(file: string, text: string): Promise<void> {
  await writeFile(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
}

/** Waits until both services have told of something, while it is done. */
async function both<T>(
  next: (service: Service) => Promise<T>,
  act: () => Promise<void>,
): Promise<readonly T[]> {
  const told = Promise.all(services.map(next));
  await act();
  return told;
}

async function expectBoth(tool: ToolName, code: string): Promise<void> {
  for (const service of services) {
    assert.equal(await service.call(tool), code, `${service.name}: ${tool}`);
  }
  console.log(`  ${tool.padEnd(16)} ${code}`);
}

const deleted = (): number => services.reduce((sum, { runs }) => sum + runs.delete_customers, 0);

console.log(
  "1. Two services run on version 1. Root 1 is deployed with them: 2 of 3 people change it.",
);
const people = { ann: await makeKey(), ben: await makeKey(), cho: await makeKey() };
const leaked = await makeKey();
const trust = await signRoot(people, { version: 1, bundleKeys: [leaked] });
const first = await signBundle("policy.yaml", 1, leaked);
await publish(bundleFile, first);
// Services wait for requests; here nothing else keeps the process alive while files are watched.
const requests = setInterval(() => undefined, 60_000);
const services = await startServices({ bundleFile, rootsFolder, trust });
await expectBoth("list_orders", "allowed_by_default");
await expectBoth("delete_customers", "rule_denied");

console.log(
  "2. The bundle key leaks. A bundle that permits all, version 99, is put on the server: it loads.",
);
const stolen = await signBundle("attacker.yaml", 99, leaked);
await both(
  ({ next }) => next("bundle.loaded", ({ bundle }) => bundle.version === 99),
  () => publish(bundleFile, stolen),
);
await expectBoth("delete_customers", "allowed_by_default");
assert.equal(deleted(), 2);

console.log(
  "3. Ann and Ben sign root 2: another bundle key, and the leaked one revoked. It is published.",
);
const fresh = await makeKey();
const second = await signRoot(people, {
  version: 2,
  bundleKeys: [leaked, fresh],
  revoked: [leaked],
});
const stopped = await both(
  ({ next }) => next("bundle.revoked"),
  () => publish(join(rootsFolder, "root-2.json"), second.document),
);
console.log(`  both services: ${stopped[0]?.message}`);
await expectBoth("delete_customers", "bundle_revoked");
await expectBoth("list_orders", "bundle_revoked");

console.log(
  "4. What the leaked key has signed loads no longer, neither the attacker's nor the team's own.",
);
for (const [what, text] of [
  ["version 1", first],
  ["version 99", stolen],
  ["version 1000", await signBundle("attacker.yaml", 1000, leaked)],
] as const) {
  const refused = await both(
    ({ next }) => next("bundle.rejected", ({ code }) => code === "ERR_BUNDLE_KEY_REVOKED"),
    () => publish(bundleFile, text),
  );
  console.log(`  ${what.padEnd(16)} ${refused[0]?.code}`);
}

console.log(
  "5. The team signs its policy with the new key, above the attacker's version: services recover.",
);
const recovered = await signBundle("policy.yaml", 100, fresh);
await both(
  ({ next }) => next("bundle.loaded", ({ bundle }) => bundle.version === 100),
  () => publish(bundleFile, recovered),
);
await expectBoth("list_orders", "allowed_by_default");
await expectBoth("delete_customers", "rule_denied");
assert.equal(deleted(), 2);

console.log("No service was deployed or started again; both still pin the digest of root 1.");
for (const { guard } of services) await guard.close();
clearInterval(requests);
await rm(folder, { recursive: true });
