import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../../packages/cli/src/bin.ts", import.meta.url));

function interlatch(...words: readonly string[]): string {
  const source = ["--conditions=@interlatch/source", command];
  return execFileSync(process.execPath, [...source, ...words], { encoding: "utf8" });
}

const { pin }: { pin: string } = JSON.parse(interlatch("init", "my-agent", "--json"));
process.chdir("my-agent");
interlatch("build");
interlatch("sign", "my-agent-1.payload.json", "--key", ".interlatch/keys/bundle.pem");
process.env["INTERLATCH_TRUST"] = pin;
