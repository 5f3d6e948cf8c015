import { writeShop } from "../../../test/docs/shop.ts";

await writeShop();
