import assert from "node:assert/strict";
import type { CallInput } from "@interlatch/core";
import { attempt, guardOf, mustDeny, mustRun, type Evasion } from "./evasion.ts";

const MAIL = `
tools: { send_mail: { operation: egress, resources: none } }
rules: [{ name: ok, tool: send_mail, action: allow }]
`;

/** Attacks by names: of tools, of fields, of the tools a model is shown. */
export const nameEvasions: readonly Evasion[] = [
  {
    id: "evasion.T03",
    title: "arguments in another field are not taken for a call without arguments",
    run: async () => {
      const { guard } = await guardOf(MAIL);
      const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
      for (const field of ["args", "input", "params", "argument"]) {
        // What an adapter with a typing mistake would hand over.
        const call = { ticket, id: field, tool: "send_mail", [field]: { to: "eve@evil.test" } };
        assert.equal(guard.decide(call as unknown as CallInput).code, "arguments_not_json");
      }
    },
  },
  {
    id: "evasion.T09",
    title: "a tool that was hidden from the model and is called all the same is denied",
    run: async () => {
      const { guard } = await guardOf(`
tools: { read: { operation: read }, wipe: { operation: delete } }
rules: [{ name: ok, tool: read, action: allow }]
`);
      const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
      const shown = guard.visibleTools(ticket, [{ name: "read" }, { name: "wipe" }]);
      assert.deepEqual(shown, [{ name: "read" }]);
      await mustDeny(guard, "wipe", [{}], "no_match");
    },
  },
  {
    id: "evasion.T23",
    title: "a name in other letters, with spaces, invisible signs or look-alikes is another tool",
    run: async () => {
      const { guard } = await guardOf(MAIL);
      await mustRun(guard, "send_mail", {});
      const names = [
        "Send_Mail",
        "SEND_MAIL",
        " send_mail",
        "send_mail ",
        "send_mail\t",
        "send_mail\n",
        "send_mail\0",
        "send\u200b_mail",
        "\ufeffsend_mail",
        "send\u00ad_mail",
        "s\u0435nd_mail", // Cyrillic e
        "send_m\u0430il", // Cyrillic a
        "\uff53end_mail", // full width
        "send\uff3fmail",
        "se\u0301nd_mail",
        "send-mail",
        "send_mail()",
        "functions.send_mail",
        "send_mail\u202e",
        "",
        "x".repeat(1_000_000),
      ];
      for (const name of names)
        await mustDeny(guard, name, [{}], "unknown_tool", "tool_name_invalid");
    },
  },
  {
    id: "evasion.T24",
    title: "another name for a denied tool is not allowed by it",
    run: async () => {
      const { guard } = await guardOf(`
tools: { web_search: { operation: egress }, notes: { operation: read } }
rules:
  - { name: no_search, tool: web_search, action: deny }
  - { name: all, tools: ["*"], action: allow }
`);
      await mustRun(guard, "notes", {});
      await mustDeny(guard, "web_search", [{}], "rule_denied");
      for (const alias of ["bing_search", "web-search", "websearch", "search"]) {
        await mustDeny(guard, alias, [{}], "unknown_tool");
      }
    },
  },
  {
    id: "evasion.T27",
    title: "tools named like members of Object.prototype are unknown",
    run: async () => {
      const { guard } = await guardOf(MAIL);
      for (const name of Object.getOwnPropertyNames(Object.prototype)) {
        await mustDeny(guard, name, [{}], "unknown_tool");
      }
    },
  },
  {
    id: "evasion.T46",
    title: "what was stored with a conversation is neither identity, nor verdict, nor count",
    run: async () => {
      const { guard } = await guardOf(`
tools: { pay: { operation: spend, resources: none } }
rules: [{ name: admins, tool: pay, when: agent.role == "admin", action: allow }]
`);
      const admin = { agent: { id: "root", roles: ["admin"] }, session: "s" };
      const stored = JSON.parse(JSON.stringify({ ticket: guard.for(admin), identity: admin }));
      assert.equal((await attempt(guard, "pay", {}, admin)).code, "ran");
      for (const ticket of [stored.ticket, stored.identity, { ...stored.ticket, ...admin }]) {
        const call = { ticket, id: "c", tool: "pay", arguments: {}, decision: { effect: "allow" } };
        assert.equal(guard.decide(call).code, "identity_required");
      }
    },
  },
];
