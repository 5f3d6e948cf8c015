import {
  deleteOrders,
  orders,
  paid,
  purgeOrders,
  refund,
  turn,
} from "../../../test/docs/desk-tools.ts";

export { deleteOrders, orders, paid, purgeOrders, refund, turn };
