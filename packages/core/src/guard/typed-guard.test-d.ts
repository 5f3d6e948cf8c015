import { describe, expectTypeOf, it } from "vitest";
import { createGuard, type Guard, type TypedGuard } from "../index.ts";
import { createGuard as createNodeGuard, type NodeGuardOptions } from "../node/index.ts";
import type { GuardOptions } from "./options.ts";

/** In the form that `interlatch types` writes. */
interface Types {
  readonly tools: {
    readonly refund: { readonly order: number; readonly amount: number };
    readonly search: { readonly text: string };
  };
  readonly results: object;
  readonly agents: object;
  readonly facts: { readonly region: "eu" | "us" };
}

declare const options: GuardOptions;
declare const nodeOptions: NodeGuardOptions;
declare const guard: TypedGuard<Types>;

describe("createGuard<Types>", () => {
  it("knows the tools of the policy and what each is given", () => {
    const call = { ticket: undefined, id: "c1", arguments: {} };
    void guard.run({ ...call, tool: "refund" }, (args) => {
      expectTypeOf(args).toEqualTypeOf<Types["tools"]["refund"]>();
    });
    // @ts-expect-error: no such tool
    void guard.run({ ...call, tool: "refunds" }, () => 1);
    // @ts-expect-error: no such tool
    guard.decide({ ...call, tool: "refunds" });
  });

  it("wants the facts that the policy has a shape for", () => {
    const agent = { id: "a1" };
    guard.for({ agent, facts: { region: "eu" } });
    // @ts-expect-error: no region
    guard.for({ agent, facts: {} });
    // @ts-expect-error: no facts
    guard.for({ agent });
    const free = {} as TypedGuard<Pick<Types, "tools">>;
    free.for({ agent, facts: { anything: 1 } });
  });

  it("is a guard wherever one is wanted, and a plain one without types", () => {
    expectTypeOf(guard).toExtend<Guard>();
    expectTypeOf(createGuard(options)).resolves.toEqualTypeOf<Guard>();
    expectTypeOf(createGuard<Types>(options)).resolves.toEqualTypeOf<TypedGuard<Types>>();
    expectTypeOf(createNodeGuard(nodeOptions)).resolves.toEqualTypeOf<Guard>();
    expectTypeOf(createNodeGuard<Types>(nodeOptions)).resolves.toEqualTypeOf<TypedGuard<Types>>();
  });
});
