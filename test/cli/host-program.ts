/**
 * The program of the journey: what a host needs to be guarded by a project that `init` made. `PIN` stands for the
 * pin of the trust root. An ES module; the imports are its first lines.
 */
export const HOST_PROGRAM: string = `import { isDenial } from "@interlatch/core";
import { createGuard, fileAudit } from "@interlatch/core/node";
async function main() {
  const guard = await createGuard({ bundle: "my-agent-1.bundle.json", trust: "PIN", audience: "dev-team", audit: fileAudit(".interlatch/audit") });
  const ticket = guard.for({ agent: { id: "a1", roles: ["support"] }, session: "s1" });
  const result = await guard.run({ ticket, id: "c1", tool: "delete_customer", arguments: {} }, () => "deleted");
  console.log(isDenial(result) ? result.message : result);
  await guard.close();
}
void main();
`;

/** The same as CommonJS. */
export const COMMONJS_PROGRAM: string = HOST_PROGRAM.replace(
  /^import (\{.*\}) from ("[^"]+");$/gm,
  "const $1 = require($2);",
);
