import { guardOf, mustDeny, mustRun, type Evasion } from "./evasion.ts";
import { HOSTS_INSIDE, INSIDE, OTHER_HOSTS, OTHER_URLS, STRANGERS } from "./address-texts.ts";

/** Attacks by the notation of hosts, URLs and mail addresses. */
export const addressEvasions: readonly Evasion[] = [
  {
    id: "evasion.T30",
    title: "an address inside cannot pass for one outside by its notation",
    run: async () => {
      const { guard } = await guardOf(`
tools: { get: { operation: egress, resources: none } }
rules:
  - { name: open, tool: get, action: allow }
  - { name: inside, tool: get, when: isPrivateHost(host(arguments.url)), action: deny }
`);
      for (const url of [
        "https://example.com/",
        "HTTPS://EXAMPLE.COM./",
        "http://8.8.8.8/",
        "https://[2606:4700::1]/",
      ])
        await mustRun(guard, "get", { url });
      const inside = INSIDE.map((url) => ({ url }));
      await mustDeny(
        guard,
        "get",
        [...inside, {}, { URL: "https://example.com/" }],
        "rule_denied",
        "condition_error",
      );
    },
  },
  {
    id: "evasion.T30",
    title: "a host inside cannot pass for one outside by its notation",
    run: async () => {
      const { guard } = await guardOf(`
tools: { dial: { operation: egress, resources: none } }
rules:
  - { name: open, tool: dial, action: allow }
  - { name: inside, tool: dial, when: isPrivateHost(arguments.host), action: deny }
`);
      for (const host of [
        "example.com",
        "EXAMPLE.COM.",
        "8.8.8.8",
        "2606:4700::1",
        "b\u00fccher.test",
      ])
        await mustRun(guard, "dial", { host });
      const inside = HOSTS_INSIDE.map((host) => ({ host }));
      await mustDeny(guard, "dial", [...inside, {}], "rule_denied", "condition_error");
    },
  },
  {
    id: "evasion.T30",
    title:
      "a stranger cannot pass for one of ours by a user part, a longer name or a second address",
    run: async () => {
      const { guard } = await guardOf(`
tools: { mail: { operation: egress, resources: none } }
rules: [{ name: ours, tool: mail, when: 'inDomain(host(arguments.to), "acme.test")', action: allow }]
`);
      for (const to of [
        "ann@acme.test",
        "ann@eu.acme.test",
        "ann@ACME.TEST.",
        "https://acme.test/x",
        "https://evil.test@acme.test:8443/",
      ])
        await mustRun(guard, "mail", { to });
      await mustDeny(guard, "mail", [...STRANGERS.map((to) => ({ to })), {}], "no_match");
    },
  },
  {
    id: "evasion.T30",
    title: "a URL cannot pass for one of a profile by scheme, port, user part, dots or encodings",
    run: async () => {
      const { guard } = await guardOf(`
agents: { any: { when: "true", tools: [get], endpoints: ["https://api.acme.test/orders/**"] } }
tools: { get: { operation: egress, resources: { endpoints: ["{arguments.url}"] } } }
rules: [{ name: ok, tool: get, action: allow }]
`);
      const inside = [
        "https://api.acme.test/orders/1",
        "HTTPS://API.ACME.TEST:443/orders/1",
        "https://api.acme.test./orders/1?page=2#top",
      ];
      for (const url of inside) await mustRun(guard, "get", { url });
      await mustDeny(guard, "get", [...OTHER_URLS.map((url) => ({ url })), {}], "out_of_scope");
    },
  },
  {
    id: "evasion.T30",
    title: "a host cannot pass for one of a profile, nor a name for an address",
    run: async () => {
      const { guard } = await guardOf(`
agents: { any: { when: "true", tools: [dial], network: ["*.acme.test", "10.1.0.0/16", "2001:db8::/32"] } }
tools: { dial: { operation: egress, resources: { network: ["{arguments.host}"] } } }
rules: [{ name: ok, tool: dial, action: allow }]
`);
      const inside = [
        "db.acme.test",
        "DB.ACME.TEST.",
        "https://db.acme.test:8443/x",
        "10.1.2.3",
        "0x0a010203",
        "::ffff:10.1.2.3",
        "http://10.1.2.3/",
        "[2001:db8::1]",
        "2001:DB8:0::1",
      ];
      for (const host of inside) await mustRun(guard, "dial", { host });
      await mustDeny(guard, "dial", [...OTHER_HOSTS.map((host) => ({ host })), {}], "out_of_scope");
      // A range is no name, and a glob of names lets no address through, whatever it looks like.
      const anyName = await guardOf(`
agents: { any: { when: "true", tools: [dial], network: ["*.*.*.*", "**.test"] } }
tools: { dial: { operation: egress, resources: { network: ["{arguments.host}"] } } }
rules: [{ name: ok, tool: dial, action: allow }]
`);
      for (const host of ["db.acme.test", "a.b.c.d"])
        await mustRun(anyName.guard, "dial", { host });
      const addresses = ["10.1.2.3", "127.0.0.1", "0x7f.0.0.1", "http://127.0.0.1/", "::1"];
      const dialled = addresses.map((host) => ({ host }));
      await mustDeny(anyName.guard, "dial", dialled, "out_of_scope");
    },
  },
];
