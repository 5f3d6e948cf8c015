import { serve } from "./server.ts";

const { url } = await serve(Number(process.env["PORT"] ?? 3000));
console.log(`Open ${url}`);
console.log(
  'Say: "Show my orders", "Refund 150 for order 17", "Refund 5000 for order 18", "Delete them".',
);
