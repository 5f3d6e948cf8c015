import type { Bond, AnyTool, Method } from "./bond.ts";
import { isMethod } from "./bond.ts";
import { digestOf } from "./definition.ts";

/** What the SDK gives to `onInputAvailable`. */
interface AvailableInput {
  readonly toolCallId: string;
  readonly input: unknown;
}

/**
 * The input hooks of a guarded tool. The SDK runs them before anybody has decided, for calls that will be
 * denied too, so a hook with an effect would be a way round the policy.
 *
 * `onInputStart` and `onInputDelta` come before the arguments are whole, so nothing can be decided: they are
 * dropped. `onInputAvailable` runs for calls that the policy allows, on the arguments that will run.
 */
export function guardHooks(tool: AnyTool, name: string, bond: Bond): Partial<AnyTool> {
  if (bond.hooksBeforeDecision) return {};
  const available = tool.onInputAvailable;
  return {
    ...(tool.onInputStart === undefined ? {} : { onInputStart: undefined }),
    ...(tool.onInputDelta === undefined ? {} : { onInputDelta: undefined }),
    ...(isMethod(available) ? { onInputAvailable: guardHook(available, tool, name, bond) } : {}),
  };
}

function guardHook(hook: Method, tool: AnyTool, name: string, { guard, ticket }: Bond): Method {
  const definition = digestOf(tool, name);
  return (...[given]) => {
    const call = given as AvailableInput; // the SDK's own form
    const { toolCallId: id, input } = call;
    const {
      effect,
      rewrites,
      arguments: effective,
    } = guard.decide({
      ticket,
      id,
      tool: name,
      definition,
      arguments: input,
    });
    if (effect !== "allow") return undefined;
    const shown = rewrites.length === 0 ? input : structuredClone(effective);
    return Reflect.apply(hook, tool, [{ ...call, input: shown }]);
  };
}
