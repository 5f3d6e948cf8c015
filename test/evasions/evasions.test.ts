import { describe } from "vitest";
import { verifies } from "../verifies.ts";
import { EVASIONS } from "./table.ts";

describe("known ways round such guards", () => {
  for (const { id, title, run } of EVASIONS) verifies(id, title, run);
});
