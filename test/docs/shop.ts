import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  inlineSource,
  memoryAudit,
  memoryRollback,
  type Guard,
  type Ticket,
} from "@interlatch/core";
import { createGuard } from "@interlatch/core/node";
import { signPayload } from "@interlatch/core/sign";
import { buildPayload, compilePolicy } from "@interlatch/policy";
import { makeSigner, type Signer } from "../../examples/shared-bundle/bundle.ts";
import { ROOT } from "../tasks/child.ts";
import { readDocument } from "./document.ts";

/** Whoever the snippets of the documents act for. */
export const clerk = {
  agent: { id: "desk-bot", roles: ["clerk"] },
  user: { id: "u-17" },
  session: "conversation-1",
} as const;

/** The policy that the README shows: its first block of YAML. So what it shows is what its programs run under. */
async function shopPolicy(): Promise<string> {
  const text = await readFile(join(ROOT, "README.md"), "utf8");
  const shown = readDocument("README.md", text).blocks.find(({ language }) => language === "yaml");
  if (shown === undefined) throw new Error("README.md shows no policy");
  return shown.text;
}

interface SignedShop {
  readonly bundle: string;
  readonly trust: Signer["trust"];
}

/** Signs that policy as `interlatch init`, `build` and `sign` would. */
async function signShop(): Promise<SignedShop> {
  const source = { path: "policy.yaml", text: await shopPolicy() };
  const made = await compilePolicy({ files: [source] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  const now = Date.now();
  const signer = await makeSigner(now);
  const instant = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
  const payload = await buildPayload({
    policy: made.policy,
    version: 1,
    audience: ["prod"],
    notBefore: instant(now - 60_000),
    expires: instant(now + 86_400_000),
    created: instant(now),
    sources: [source],
  });
  const bundle = await signPayload({ kind: "policy-bundle", payload, keys: [signer.key] });
  return { bundle, trust: signer.trust };
}

/**
 * Puts the files of a signed bundle into a folder.
 *
 * @returns the pin of its trust root, as `createGuard` wants it
 */
export async function writeShop(folder: string = "."): Promise<string> {
  const { bundle, trust } = await signShop();
  await writeFile(join(folder, "shop-1.bundle.json"), bundle);
  await writeFile(join(folder, "trust.json"), trust.document);
  return `trust.json#${trust.digest}`;
}

/** A guard over that bundle, and a ticket of a clerk. */
export async function openShop(): Promise<{ readonly guard: Guard; readonly ticket: Ticket }> {
  const { bundle, trust } = await signShop();
  const guard = await createGuard({
    bundle: inlineSource(bundle),
    trust,
    audience: "prod",
    rollback: memoryRollback(),
    audit: memoryAudit(),
  });
  return { guard, ticket: guard.for(clerk) };
}
