import type { AdapterUnderTest } from "@interlatch/conformance";
import { ROWS } from "../matrix/rows.ts";

/** Every framework, major and path that the kit is run through. */
export const ADAPTERS: readonly AdapterUnderTest[] = ROWS.map(({ adapter }) => adapter);
