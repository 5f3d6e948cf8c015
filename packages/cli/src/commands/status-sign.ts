import { resolve } from "node:path";
import {
  buildStatus,
  payloadDigest,
  signPayload,
  type StatusDocument,
} from "@interlatch/core/sign";
import { wrongUse } from "../arguments.ts";
import { digestOf, isBundle, readDocument } from "../bundle-files.ts";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { exists, readBytes, replaceFile } from "../files.ts";
import type { Io } from "../io.ts";
import { readSigners, SIGNER_OPTIONS } from "../signers.ts";
import { KILL_HINT } from "../status/kill-targets.ts";
import { lifeOf, type NamedBundle, nextStatus } from "../status/next.ts";
import { readStatusFile, refuseForeign, STATUS_FILE, type StatusFile } from "../status/read.ts";
import { statusLines } from "../status/words.ts";
import { refuseUnusable } from "../usable-payload.ts";

/** `interlatch status sign`: the next status document, from the last one. */
export const statusSign: Command = defineCommand({
  summary: "Makes the next status document: what is current, revoked, or switched off",
  example: [
    "interlatch status sign --audience prod --kill tool=send_* --reason 'phishing' --key .interlatch/keys/status.pem",
    "the status as it was, but that no tool whose name begins with send_ runs any more",
  ],
  args: {
    file: {
      type: "positional",
      required: false,
      description: `The signed status; the next takes its place. Default: ${STATUS_FILE}`,
    },
    ...SIGNER_OPTIONS,
    bundle: {
      type: "string",
      valueHint: "FILE",
      description: "A signed bundle that is the current one of its stream now. Several are fine",
    },
    "min-version": {
      type: "string",
      valueHint: "STREAM=N",
      description: "Bundles of the stream below N stop at once. Several are fine",
    },
    kill: {
      type: "string",
      valueHint: KILL_HINT,
      description: "Switches calls off. Several are fine",
    },
    lift: {
      type: "string",
      valueHint: "WHAT",
      description:
        "Takes back a --kill, named as it was; `everything`: all of them. Several are fine",
    },
    reason: { type: "string", valueHint: "TEXT", description: "Why, for the records of hosts" },
    "revoke-bundle": {
      type: "string",
      valueHint: "sha256:HEX",
      description: "A bundle that is never to decide again. Several are fine",
    },
    "revoke-key": {
      type: "string",
      valueHint: "KEYID",
      description: "A key whose signatures count no more. Several are fine",
    },
    audience: {
      type: "string",
      valueHint: "NAME",
      description: "The environment it is made for. Default: as before. Several are fine",
    },
    life: {
      type: "string",
      valueHint: "TIME",
      description:
        "How long it lives, 90m, 1h or 2d: until then the next must be published. Default: 1h",
    },
    refresh: {
      type: "string",
      valueHint: "SECONDS",
      description: "How often hosts look, where that is sooner than they would. Default: as before",
    },
    version: {
      type: "string",
      valueHint: "N",
      description: "Its version. Default: one more than the last",
    },
  },
  repeatable: [
    "key",
    "key-env",
    "bundle",
    "min-version",
    "kill",
    "lift",
    "revoke-bundle",
    "revoke-key",
    "audience",
  ],
  run: async ({ args, all, io, output }) => {
    const file = args.file ?? STATUS_FILE;
    const path = resolve(io.cwd, file);
    const last = (await exists(path)) ? await readStatusFile(io, file) : null;
    const changes = {
      bundles: await bundlesOf(io, all("bundle")),
      minVersions: all("min-version"),
      kill: all("kill"),
      lift: all("lift"),
      reason: args.reason,
      revokeBundles: all("revoke-bundle"),
      revokeKeys: all("revoke-key"),
      audience: all("audience"),
      version: wholeNumber("--version", args.version),
      lifeMs: lifeOf(args.life ?? "1h"),
      refresh: wholeNumber("--refresh", args.refresh),
    };
    const { document, payload } = buildStatus(nextStatus(documentOf(last), changes, io.now()));
    const keys = await readSigners(io, {
      ...args,
      files: all("key"),
      variables: all("key-env"),
    });
    if (keys.length === 0) {
      throw wrongUse("A key is missing: --key FILE, --key-env NAME or --signer COMMAND.");
    }
    if (last !== null) await refuseForeign(last, keys);
    await replaceFile(path, file, await signPayload({ kind: "status", payload, keys }));
    const digest = await digestOf(payload);
    output.say(`${file}  ${digest}`);
    for (const line of statusLines(document)) output.say(line);
    if (Object.keys(document.streams).length === 0) {
      output.warn(
        "It names no bundle, and hosts take none that it does not name: add --bundle FILE.",
      );
    }
    output.note(
      `Hosts take it when it is published: interlatch status publish ${file} --to FOLDER`,
    );
    return {
      exit: EXIT.ok,
      json: { file, digest, status: document, signers: keys.map(({ keyid }) => keyid) },
    };
  },
});

function documentOf(last: StatusFile | null): StatusDocument | null {
  return last?.document ?? null;
}

/** A bundle that no host would take is never the current one. */
async function bundlesOf(io: Io, files: readonly string[]): Promise<readonly NamedBundle[]> {
  const bundles: NamedBundle[] = [];
  for (const file of files) {
    const document = readDocument(await readBytes(resolve(io.cwd, file), file), file);
    if (document.kind === "payload" || !isBundle(document)) {
      throw wrongUse(`--bundle is a signed bundle; ${file} is none.`);
    }
    const { payload } = await refuseUnusable(document, file);
    const digest = await payloadDigest(new Uint8Array(document.payload));
    bundles.push({ id: payload.id, version: payload.version, digest });
  }
  return bundles;
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw wrongUse(`${option} is a whole number from 1 on; found ${text}.`);
}
