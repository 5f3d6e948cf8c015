import type { ReadStream } from "node:tty";
import { InterlatchError } from "@interlatch/core";
import type { Stream } from "./io.ts";

const ENTER = /[\r\n]/;
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const BACKSPACE = /[\u0008\u007f]/;

/**
 * Asks a question on a terminal and reads a line without showing it.
 *
 * @throws ERR_KEY when the line is given up with Ctrl-C, Ctrl-D or the end of the input
 */
export function askSecret(question: string, input: ReadStream, shown: Stream): Promise<string> {
  shown.write(question);
  input.setRawMode(true);
  input.setEncoding("utf8");
  input.resume();
  return new Promise((resolve, reject) => {
    let secret = "";
    const end = (): void => {
      input.off("data", read);
      input.off("end", giveUp);
      input.setRawMode(false);
      input.pause();
      shown.write("\n");
    };
    const giveUp = (): void => {
      end();
      reject(new InterlatchError("ERR_KEY", "No passphrase was given."));
    };
    const read = (typed: string): void => {
      for (const character of typed) {
        if (character === CTRL_C || character === CTRL_D) return giveUp();
        if (ENTER.test(character)) {
          end();
          return resolve(secret);
        }
        secret = BACKSPACE.test(character) ? [...secret].slice(0, -1).join("") : secret + character;
      }
    };
    input.on("data", read);
    input.once("end", giveUp);
  });
}
