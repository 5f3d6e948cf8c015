import { readFile } from "node:fs/promises";
import { testGuard } from "@interlatch/core/testing";
import { compilePolicy } from "@interlatch/policy";
import {
  deleteOrders,
  orders,
  paid,
  purgeOrders,
  refund,
  turn,
} from "../../../test/docs/desk-tools.ts";
import { readDocument } from "../../../test/docs/document.ts";

export { deleteOrders, orders, paid, purgeOrders, refund, turn };

/** The policy that the page shows. */
const page = new URL("../../../docs/migrate-from-hand-written-wrappers.md", import.meta.url);
const { blocks } = readDocument(page.pathname, await readFile(page, "utf8"));
const text = blocks.find(({ language }) => language === "yaml")?.text ?? "";
const made = await compilePolicy({ files: [{ path: "policy.yaml", text }] });
if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));

export const guard = await testGuard(made.policy);
export const ticket = guard.ticket();
