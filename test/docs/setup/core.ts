import { writeShop } from "../../../test/docs/shop.ts";

process.env["INTERLATCH_TRUST"] = await writeShop();
