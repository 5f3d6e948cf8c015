import { existsSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryAudit } from "@interlatch/core";
import { createGuard, fileRollback } from "@interlatch/core/node";
import { NOW, project, type Workplace } from "../../../../test/cli/command-line.ts";
import { type Running, startCommand } from "../../../../test/cli/running.ts";

/** A `dev` that goes on until it is stopped. */
function start(place: Workplace, argv: readonly string[] = [], now?: () => number): Running {
  return startCommand(place, ["dev", ...argv], now === undefined ? {} : { now });
}

/** What `dev` gives to the program. */
function variablesOf({ output }: Running): { bundle: string; trust: string; audience: string } {
  const of = (name: string): string =>
    new RegExp(`^${name}=(.+)$`, "m").exec(output.stderr)?.[1] ?? "";
  return {
    bundle: of("INTERLATCH_BUNDLE"),
    trust: of("INTERLATCH_TRUST"),
    audience: of("INTERLATCH_AUDIENCE"),
  };
}

async function guardOn(place: Workplace, running: Running) {
  const rollback = fileRollback(place.path("state.json"));
  return createGuard({
    ...variablesOf(running),
    rollback,
    audit: memoryAudit(),
    clock: () => NOW,
  });
}

type Guard = Awaited<ReturnType<typeof guardOn>>;

function next(guard: Guard): Promise<unknown> {
  return new Promise((resolve) => guard.on("bundle.loaded", resolve));
}

function effectOf(guard: Guard): string {
  const ticket = guard.for({ agent: { id: "a1", roles: ["support"] }, session: "s" });
  const call = { ticket, id: "c", tool: "refund_order", arguments: { order: "1", amount: 200 } };
  return guard.decide(call).effect;
}

/** Makes large refunds a matter of course, in the policy and its test. */
function loosen(place: Workplace): void {
  place.edit("policy.test.yaml", "effect: review", "effect: allow");
  place.edit("policy.yaml", "action: review", "action: allow");
}

describe("interlatch dev", () => {
  it("puts a save in force in a running guard, and keeps it when the next save is bad", async () => {
    const place = await project();
    const dev = start(place);
    await dev.says("signed shop version ");
    const guard = await guardOn(place, dev);
    expect(effectOf(guard)).toBe("review");

    const loaded = next(guard);
    loosen(place);
    await loaded;
    expect(effectOf(guard)).toBe("allow");

    for (const [file, before, after, words] of [
      ["policy.yaml", "action: deny", "acton: deny", "hint: Did you mean `action`?"],
      ["policy.yaml", "acton: deny", "action: allow", "customers are not deleted"],
      ["interlatch.config.json", '"strict"', '"strcit"', '"strcit" is no field; meant: `strict`?'],
    ] as const) {
      const from = dev.position();
      place.edit(file, before, after);
      await dev.says(words, from);
      await dev.says("what was in force stays in force", from);
      expect(effectOf(guard)).toBe("allow");
    }

    const again = next(guard);
    place.edit("interlatch.config.json", '"strcit"', '"strict"');
    place.edit("policy.yaml", "action: allow\n    reason", "action: deny\n    reason");
    place.edit("policy.test.yaml", "effect: allow, rule: large", "effect: review, rule: large");
    place.edit("policy.yaml", "amount > 50\n    action: allow", "amount > 50\n    action: review");
    await again;
    while (effectOf(guard) !== "review") await next(guard);
    await guard.close();
    dev.stop();
    expect(await dev.ended).toBe(0);
  });

  it("watches what the policy includes: files, folders, and files that are not there yet", async () => {
    const place = await project();
    place.edit("policy.yaml", "description:", "include: [more.yaml, parts]\ndescription:");
    place.write("parts/a.yaml", "interlatch: 1\n");
    const dev = start(place);
    await dev.says("more.yaml cannot be read: there is no such file or folder.");
    await dev.says("Nothing was signed");
    let from = dev.position();
    place.write("more.yaml", "interlatch: 1\n");
    await dev.says("signed shop version ", from);
    from = dev.position();
    place.write("parts/a.yaml", "interlatch: 1\nrulez: []\n");
    await dev.says("Nothing was signed", from);
    from = dev.position();
    place.write("parts/a.yaml", "interlatch: 1\nrules: []\n");
    await dev.says("signed shop version ", from);
    from = dev.position();
    place.write("parts/b.yaml", "interlatch: 1\nrulez: []\n");
    await dev.says("parts/b.yaml:2:1", from);
    dev.stop();
    expect(await dev.ended).toBe(0);
  });

  it("says that the policy is gone, keeps what was in force, and goes on when it is back", async () => {
    const place = await project();
    const dev = start(place);
    await dev.says("signed shop version ");
    const guard = await guardOn(place, dev);
    const policy = place.read("policy.yaml");
    let from = dev.position();
    rmSync(place.path("policy.yaml"));
    await dev.says("policy.yaml cannot be read: there is no such file or folder.", from);
    await dev.says("what was in force stays in force", from);
    expect(effectOf(guard)).toBe("review");
    from = dev.position();
    place.write("policy.yaml", policy);
    await dev.says("signed shop version ", from);
    await guard.close();
    dev.stop();
    expect(await dev.ended).toBe(0);
  });

  it("plays the tests at each save, and shows of one that fails what was decided and why", async () => {
    const place = await project();
    const dev = start(place);
    await dev.says("signed shop version ");
    const from = dev.position();
    place.edit("policy.yaml", "arguments.amount > 50", "arguments.amount > 500");
    await dev.says("6 passed, 1 failed", from);
    const said = dev.output.stderr.slice(from);
    expect(said).toContain("failed refunds depend on the amount / large  policy.test.yaml:");
    expect(said).toContain(
      "      false  arguments.amount > 500\n             arguments.amount is 51\n",
    );
    dev.stop();
    await dev.ended;
  });

  it("signs for the environment dev alone, with a key that is written nowhere", async () => {
    const place = await project();
    const dev = start(place);
    await dev.says("signed shop version ");
    const { bundle, trust, audience } = variablesOf(dev);
    dev.stop();
    await dev.ended;
    expect(audience).toBe("dev");
    const [root = "", pin = ""] = trust.split("#");
    expect(readFileSync(root, "utf8")).not.toBe(place.read("trust.json"));
    const payload = Buffer.from(JSON.parse(readFileSync(bundle, "utf8")).payload, "base64");
    expect(JSON.parse(payload.toString()).audience).toEqual(["dev"]);
    const options = {
      trust,
      rollback: fileRollback(place.path("state.json")),
      audit: memoryAudit(),
      clock: () => NOW,
    };
    await expect(createGuard({ ...options, bundle, audience: "dev-team" })).rejects.toMatchObject({
      code: "ERR_BUNDLE_AUDIENCE",
    });
    expect(pin).not.toBe(place.pin.split("#")[1]);
    expect(place.read(".interlatch/dev/.gitignore")).toBe("*\n");
  });

  it("can be started again on the same rollback state", async () => {
    const place = await project();
    for (const now of [NOW, NOW + 1_000]) {
      const dev = start(place, [], () => now);
      await dev.says("signed shop version ");
      const guard = await guardOn(place, dev);
      expect(effectOf(guard)).toBe("review");
      await guard.close();
      dev.stop();
      await dev.ended;
    }
  });

  it("runs the command on the first good bundle, and ends with its exit code", async () => {
    const place = await project();
    place.edit("policy.yaml", "action: deny", "acton: deny");
    const script =
      "const { INTERLATCH_BUNDLE: b, INTERLATCH_TRUST: t, INTERLATCH_AUDIENCE: a } = process.env;" +
      "require('fs').writeFileSync('seen.json', JSON.stringify({ b, t, a, there: require('fs').existsSync(b) }));" +
      "process.exit(7)";
    const dev = start(place, ["--json", "--", process.execPath, "-e", script]);
    await dev.says("what was in force stays in force");
    expect(existsSync(place.path("seen.json"))).toBe(false);
    place.edit("policy.yaml", "acton: deny", "action: deny");
    expect(await dev.ended).toBe(7);
    const { bundle, trust } = variablesOf(dev);
    expect(JSON.parse(place.read("seen.json"))).toEqual({
      b: bundle,
      t: trust,
      a: "dev",
      there: true,
    });
    expect(JSON.parse(dev.output.stdout)).toEqual({ exit: 7, saves: { signed: 1, refused: 1 } });
  });

  it("ends the command when it is stopped", async () => {
    const place = await project();
    const script =
      "require('fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1e6)";
    const dev = start(place, ["--", process.execPath, "-e", script]);
    await dev.says("signed shop");
    // The command writes its id as soon as it runs.
    const { watchFile } = await import("@interlatch/core/node");
    await new Promise<void>((resolve) => {
      const stop = watchFile(place.path("pid"), () => {
        stop();
        resolve();
      });
      if (existsSync(place.path("pid"))) resolve();
    });
    const pid = Number(place.read("pid"));
    dev.stop();
    expect(await dev.ended).toBe(0);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("says which program cannot be started", async () => {
    const place = await project();
    const dev = start(place, ["--", "no-such-program-here"]);
    expect(await dev.ended).toBe(3);
    expect(dev.output.stderr).toContain("no-such-program-here cannot be started");
  });

  it("needs a project", async () => {
    const place = await project();
    const dev = start(place, ["--config", "none.json"]);
    expect(await dev.ended).toBe(3);
    expect(dev.output.stderr).toContain("none.json cannot be read");
  });
});
