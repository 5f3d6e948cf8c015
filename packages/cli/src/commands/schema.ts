import { resolve } from "node:path";
import { editorSchema, type EditorSchemaKind } from "@interlatch/policy";
import { type Command, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { replaceFile } from "../files.ts";

/** `interlatch schema policy`: what an editor completes and checks policy files by. */
export const schemaPolicy: Command = printing("policy", {
  summary: "Prints the JSON Schema of policy files, for editors",
  example: [
    "interlatch schema policy --output policy.schema.json",
    "for an editor that does not find the one in @interlatch/policy",
  ],
});

/** `interlatch schema test`: the same for files of tests. */
export const schemaTest: Command = printing("tests", {
  summary: "Prints the JSON Schema of policy tests (*.test.yaml), for editors",
  example: [
    "interlatch schema test --output policy-test.schema.json",
    "for an editor that does not find the one in @interlatch/policy",
  ],
});

function printing(
  kind: EditorSchemaKind,
  about: { readonly summary: string; readonly example: readonly [string, string] },
): Command {
  return defineCommand({
    ...about,
    args: {
      output: { type: "string", valueHint: "FILE", description: "Writes it to a file" },
    },
    run: async ({ args, io, output }) => {
      const schema = editorSchema(kind);
      const text = `${JSON.stringify(schema, null, 2)}\n`;
      if (args.output === undefined) {
        output.say(text.trimEnd());
        return { exit: EXIT.ok, json: schema };
      }
      await replaceFile(resolve(io.cwd, args.output), args.output, text);
      output.say(args.output);
      return { exit: EXIT.ok, json: { file: args.output } };
    },
  });
}
