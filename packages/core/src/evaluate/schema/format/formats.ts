import type { TextFormat } from "../../../policy/ir.ts";
import { isIpv4, isIpv6 } from "./address.ts";
import { isDate, isDateTime } from "./date.ts";
import { isEmail } from "./email.ts";
import { isHostname } from "./hostname.ts";
import { isUri } from "./uri.ts";

const UUID = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

/** A check of each format, linear in the text, and how a sentence names it. */
export type Formats = {
  readonly [Name in TextFormat]: {
    readonly is: (text: string) => boolean;
    readonly article: "a" | "an";
  };
};

export const FORMATS: Formats = {
  date: { is: isDate, article: "a" },
  "date-time": { is: isDateTime, article: "a" },
  email: { is: isEmail, article: "an" },
  hostname: { is: isHostname, article: "a" },
  ipv4: { is: isIpv4, article: "an" },
  ipv6: { is: isIpv6, article: "an" },
  uri: { is: isUri, article: "a" },
  uuid: { is: (text) => UUID.test(text), article: "a" },
};
