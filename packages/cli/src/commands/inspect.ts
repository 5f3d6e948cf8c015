import { resolve } from "node:path";
import { payloadTypeOf } from "@interlatch/core/sign";
import { digestOf, type Document, type Fields, fieldsOf, readDocument } from "../bundle-files.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { readBytes } from "../files.ts";
import type { Io } from "../io.ts";
import { readPrivateKey } from "../keys.ts";
import { type Output, shown, visible } from "../output.ts";

/** `interlatch inspect`: what a file says of itself. Nothing is verified, and it says so first. */
export const inspect: Command = defineCommand({
  summary: "Shows what a bundle, payload, trust root or key says of itself, WITHOUT verifying it",
  example: ["interlatch inspect trust.json", "its keys, roles, thresholds and digest"],
  args: {
    file: { type: "positional", description: "A bundle, payload, trust root, or key file" },
  },
  run: async ({ args, io, output }) => {
    const file = args.file ?? "";
    const bytes = await readBytes(resolve(io.cwd, file), file);
    if (isPem(bytes)) return inspectKey(io, file, output);
    const document = readDocument(bytes, file);
    const fields = fieldsOf(document, file);
    const isKey = document.kind === "payload" && Object.hasOwn(fields, "kty");
    const kind = isKey ? "public key" : kindOf(document, fields);
    const digest = await digestOf(document.payload);
    const signatures =
      document.kind === "envelope" ? document.envelope.signatures.map(({ keyid }) => keyid) : [];
    warnUnverified(output, kind);
    output.say(`${visible(file)}: ${visible(kind)}, ${digest}`);
    if (document.kind === "envelope") {
      output.say(`  signatures that claim to be of: ${shown(signatures)}`);
    }
    for (const line of linesOf(fields)) output.say(line);
    return {
      exit: EXIT.ok,
      json: { verified: false, file, kind, digest, signatures, content: fields },
    };
  },
});

function isPem(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().startsWith("-----BEGIN ");
}

/** Loud, since what follows looks like facts: whoever wrote the file chose every word of it. */
function warnUnverified(output: Output, kind: string): void {
  const { paint } = output;
  output.warn(
    `${paint.bold(paint.yellow("NOT VERIFIED"))}: this is what the ${visible(kind)} says of itself. \`interlatch verify\` checks a bundle.`,
  );
}

function kindOf(document: Document, fields: Fields): string {
  if (document.kind === "payload") {
    return Object.hasOwn(fields, "policy") ? "unsigned payload" : "JSON file";
  }
  const { payloadType } = document.envelope;
  if (payloadType === payloadTypeOf("policy-bundle")) return "bundle";
  return payloadType === payloadTypeOf("trust-root")
    ? "trust root"
    : `document of type ${payloadType}`;
}

/** The fields at the top, each on a line; of large ones how much there is. */
function linesOf(fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (name === "policy") return policyLines(value);
    if (name === "keys" || name === "roles") return [`  ${name}`, ...entryLines(value)];
    return [`  ${visible(name)}  ${shown(value)}`];
  });
}

function entryLines(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [`    ${shown(value)}`];
  return Object.entries(value).map(([name, each]) => `    ${visible(name)}  ${shown(each)}`);
}

function policyLines(policy: unknown): readonly string[] {
  if (typeof policy !== "object" || policy === null) return [`  policy  ${shown(policy)}`];
  const { tools, rules, agents } = policy as Fields; // an object; each part is looked at on its own
  const names = (value: unknown): readonly string[] =>
    typeof value === "object" && value !== null ? Object.keys(value) : [];
  const ruleLines = (Array.isArray(rules) ? rules : []).map((rule: unknown) => {
    const { name, action, tools: forTools, at } = Object(rule) as Fields; // whatever it is, it has fields or none
    const { file, line } = Object(at) as Fields; // likewise
    return `    ${shown(action)} ${shown(name)} for ${shown(forTools)}  ${shown(file)}:${shown(line)}`;
  });
  return [
    `  agents  ${shown(names(agents))}`,
    `  tools   ${shown(names(tools))}`,
    `  rules`,
    ...ruleLines,
  ];
}

async function inspectKey(
  io: Io,
  file: string,
  output: Output,
): Promise<{ exit: number; json: object }> {
  const { keyid, alg, publicJwk } = await readPrivateKey(io, { kind: "file", path: file });
  warnUnverified(output, "key");
  output.say(`${visible(file)}: a private ${alg} key`);
  output.say(`  key id  ${keyid}`);
  output.say(`  public  ${JSON.stringify(publicJwk)}`);
  return {
    exit: EXIT.ok,
    json: { verified: false, file, kind: "private key", keyid, alg, publicJwk },
  };
}
