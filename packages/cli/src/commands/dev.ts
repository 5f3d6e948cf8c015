import { type Command, defineCommand, type Surroundings } from "../command.ts";
import { readConfig } from "../config.ts";
import { type Child, startChild } from "../dev/child.ts";
import { DEV_FOLDER, startSession } from "../dev/session.ts";
import { watchSaves } from "../dev/saves.ts";
import { EXIT } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import { stoppedBy } from "../watching.ts";

/** `interlatch dev`: every save that passes its checks and tests is in force in the running program a moment later. */
export const dev: Command = defineCommand({
  summary:
    "Checks, tests and signs at each save with a throw-away key, and runs your program on it",
  example: [
    "interlatch dev -- node agent.js",
    "agent.js reads INTERLATCH_BUNDLE, INTERLATCH_TRUST and INTERLATCH_AUDIENCE; without a command it only signs",
  ],
  args: {
    config: { type: "string", valueHint: "FILE", description: "The project's config file" },
  },
  rest: "the program to run, with its arguments",
  run: async ({ args, rest, io, output: own, json }) => {
    const output = onStandardError(own);
    const surroundings = { io, output, json };
    const config = await readConfig(io, args.config);
    const session = await startSession(config.folder, io.now());
    for (const [name, value] of Object.entries(session.variables)) output.note(`${name}=${value}`);
    output.note(`The key is in memory alone; bundle and trust root stand in ${DEV_FOLDER}.`);
    const saves = watchSaves(session, args.config, surroundings);
    // Watching alone does not keep a process alive.
    const alive = setInterval(() => undefined, 1 << 30);
    try {
      const exit = await runUntilEnd(saves, rest, session.variables, surroundings);
      return { exit, json: { exit, saves: saves.counts } };
    } finally {
      clearInterval(alive);
      saves.stop();
    }
  },
});

/** Standard output belongs to the program that is run. */
function onStandardError(output: Output): Output {
  return { ...output, say: output.warn, note: output.status };
}

async function runUntilEnd(
  saves: ReturnType<typeof watchSaves>,
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
  { io, output, json }: Surroundings,
): Promise<number> {
  const stopped = stoppedBy(io.signal);
  const first = await Promise.race([saves.first.then(() => "ready" as const), stopped]);
  if (first === "stopped") return EXIT.ok;
  const [program, ...parameters] = command;
  if (program === undefined) {
    output.status("Waiting for saves. Ctrl-C ends it.");
    await Promise.race([stopped, saves.failed]);
    return EXIT.ok;
  }
  const child: Child = startChild([program, ...parameters], {
    cwd: io.cwd,
    env: { ...io.env, ...variables },
    isQuietOnOutput: json,
  });
  try {
    const end = await Promise.race([child.ended, stopped, saves.failed]);
    if (end !== "stopped") return end;
    child.stop();
    await child.ended;
    return EXIT.ok;
  } finally {
    child.stop();
  }
}
