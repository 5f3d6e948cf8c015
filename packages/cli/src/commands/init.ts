import { relative, resolve } from "node:path";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { newPassphrase, PASSPHRASE } from "../keys.ts";
import type { Output } from "../output.ts";
import { makeProject, type Project, PROJECT_FILES } from "../starter/project.ts";

/** `interlatch init`: everything a first signed bundle needs. Asks nothing. */
export const init: Command = defineCommand({
  summary: "Makes a project: a starter policy, its tests, keys, a trust root and the config",
  example: ["interlatch init my-agent", "a new folder with a policy that is ready to be tested"],
  args: {
    dir: { type: "positional", required: false, description: "The folder. Default: this one" },
    force: {
      type: "boolean",
      description: "Writes policy.yaml and policy.test.yaml anew; never keys, trust root or config",
    },
    passphrase: {
      type: "boolean",
      description: `Encrypts the keys with a passphrase that is asked for; ${PASSPHRASE} does it without asking`,
    },
  },
  run: async ({ args, io, output }) => {
    const folder = resolve(io.cwd, args.dir ?? ".");
    const protection = await newPassphrase(io, args.passphrase === true);
    const force = args.force === true;
    const project = await makeProject({ folder, now: io.now(), protection, force });
    const encrypted = protection.passphrase !== undefined;
    const shownFolder = relative(io.cwd, folder);
    tell(project, encrypted, shownFolder, output);
    const { id, written, kept, pin } = project;
    return {
      exit: EXIT.ok,
      json: {
        folder: shownFolder === "" ? "." : shownFolder,
        id,
        written,
        kept,
        ...(pin === undefined ? {} : { pin: `${PROJECT_FILES.trust}#${pin}`, encrypted }),
      },
    };
  },
});

/** The project in the words of whoever just made it, and the three commands that come next. */
function tell(
  { id, written, kept, pin }: Project,
  encrypted: boolean,
  folder: string,
  { say, note, paint }: Output,
): void {
  for (const file of written) note(`${paint.green("wrote")}  ${file}`);
  for (const file of kept) note(`${paint.dim("kept")}   ${file}`);
  if (pin !== undefined) {
    note(
      encrypted
        ? "The private keys are encrypted with your passphrase."
        : `The private keys are not encrypted; only you may read them. With ${PASSPHRASE} set they would be.`,
    );
    note("For production: interlatch trust init --keys 3, of which two must sign, all encrypted.");
    note("");
    say(`Pin this in your program or its environment; it says whose bundles count:`);
    say(`  ${PROJECT_FILES.trust}#${pin}`);
  }
  note("");
  note("Next:");
  if (folder !== "") note(`  cd ${folder}`);
  note("  npx interlatch test");
  note("  npx interlatch build");
  note(`  npx interlatch sign ${id}-1.payload.json --key ${PROJECT_FILES.bundleKey}`);
}
