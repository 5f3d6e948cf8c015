import { writeShop } from "../../../test/docs/shop.ts";

await writeShop();
process.env["NODE_ENV"] = "development";
