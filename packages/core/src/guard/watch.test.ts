import { describe, expect, it } from "vitest";
import { policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import type { BundleSource } from "../bundle/source.ts";
import type { Guard } from "./guard.ts";

const allows = policyOf({ id: "p", rules: [{ action: "allow" }] });
const denies = policyOf({ id: "p", rules: [{ action: "deny" }] });
const signing = makeSigning();

/** A source whose text can be replaced; it says so to whoever watches. */
function watchable(text: string) {
  const watchers = new Set<() => void>();
  const state = { text, reads: 0, watchers };
  const source: BundleSource = {
    name: "memory",
    read: async () => {
      state.reads += 1;
      return new TextEncoder().encode(state.text);
    },
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
  const replace = (next: string): void => {
    state.text = next;
    for (const changed of watchers) changed();
  };
  return { source, state, replace };
}

function next(guard: Guard, event: "bundle.loaded" | "bundle.rejected"): Promise<unknown> {
  return new Promise((resolve) => guard.on(event, resolve));
}

function effectOf(guard: Guard): string {
  const ticket = guard.for({ agent: { id: "a" }, session: "s" });
  return guard.decide({ ticket, id: "c1", tool: "tool", arguments: {} }).effect;
}

describe("a source that can be watched", () => {
  it("puts a new bundle in force without being asked", async () => {
    const { bundle, trust } = await signing;
    const { source, replace } = watchable(await bundle(allows, { version: 1 }));
    const { guard } = await guardOver(source, trust);
    expect(effectOf(guard)).toBe("allow");
    const loaded = next(guard, "bundle.loaded");
    replace(await bundle(denies, { version: 2 }));
    expect(await loaded).toMatchObject({ bundle: { version: 2 } });
    expect(effectOf(guard)).toBe("deny");
  });

  it("keeps the bundle in force when a bad one arrives, and takes the next good one", async () => {
    const { bundle, trust } = await signing;
    const { source, replace } = watchable(await bundle(allows, { version: 1 }));
    const { guard } = await guardOver(source, trust);
    const rejected = next(guard, "bundle.rejected");
    replace("{}");
    expect(await rejected).toMatchObject({ code: "ERR_BUNDLE_FORMAT" });
    expect(effectOf(guard)).toBe("allow");
    const loaded = next(guard, "bundle.loaded");
    replace(await bundle(denies, { version: 2 }));
    await loaded;
    expect(effectOf(guard)).toBe("deny");
  });

  it("is read again after the attempt under way, which may have read the old bundle", async () => {
    const { bundle, trust } = await signing;
    const { source, state, replace } = watchable(await bundle(allows, { version: 1 }));
    const { guard } = await guardOver(source, trust);
    const second = await bundle(denies, { version: 2 });
    const third = await bundle(allows, { version: 3 });
    const fourth = await bundle(denies, { version: 4 });
    const versions: number[] = [];
    const last = new Promise<void>((resolve) => {
      guard.on("bundle.loaded", ({ bundle: { version } }) => {
        versions.push(version);
        if (version === 4) resolve();
      });
    });
    // The first of these is being read when the others arrive.
    for (const text of [second, third, fourth]) replace(text);
    await last;
    expect(versions.at(-1)).toBe(4);
    expect(state.reads).toBe(3);
    expect(effectOf(guard)).toBe("deny");
  });

  it("is watched no longer once the guard is closed, or could not start", async () => {
    const { bundle, trust } = await signing;
    const { source, state } = watchable(await bundle(allows));
    const { guard } = await guardOver(source, trust);
    expect(state.watchers.size).toBe(1);
    await guard.close();
    expect(state.watchers.size).toBe(0);

    const bad = watchable("{}");
    await expect(guardOver(bad.source, trust)).rejects.toMatchObject({ code: "ERR_BUNDLE_FORMAT" });
    expect(bad.state.watchers.size).toBe(0);
  });

  it("may fail to watch: the guard starts, and the host is told", async () => {
    const { bundle, trust } = await signing;
    const { source } = watchable(await bundle(allows));
    const warnings: string[] = [];
    const silent = () => undefined;
    const { guard } = await guardOver(
      {
        ...source,
        watch: () => {
          throw new Error("no watches left");
        },
      },
      trust,
      {
        logger: {
          debug: silent,
          info: silent,
          error: silent,
          warn: (_, message) => warnings.push(message),
        },
      },
    );
    expect(effectOf(guard)).toBe("allow");
    expect(warnings.join()).toContain("cannot be watched: no watches left");
  });
});
