import { describe, expect, it } from "vitest";
import { callScope, compare, errs, evaluate, has, literal, path } from "../../test/expressions.ts";
import type { Expression } from "../policy/expression.ts";
import { compileExpression } from "./expression.ts";
import { isError, type Result } from "./value.ts";
import { EVERY_PART } from "../../test/parts.ts";

const INHERITED = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "__proto__",
  "valueOf",
  "isPrototypeOf",
];

function reason(result: Result): string {
  return isError(result) ? result.reason : `value ${String(result)}`;
}

describe("a field", () => {
  it("is read where it is an own field, at any depth", () => {
    expect(evaluate(path("arguments.window.days"), { window: { days: 3 } })).toBe(3);
    expect(evaluate(path("arguments.nil"), { nil: null })).toBeNull();
  });

  it("that is missing is an error that names the path and no value", () => {
    expect(reason(evaluate(path("arguments.window.until"), { window: { from: "secret" } }))).toBe(
      "arguments.window.until is missing",
    );
    expect(reason(evaluate(path("arguments.a.b"), { a: "secret" }))).toBe(
      "arguments.a is not an object",
    );
  });

  it.each(INHERITED)("%s is missing unless it was sent", (name) => {
    expect(errs(path(`arguments.${name}`))).toBe(true);
    expect(errs(path(`arguments.inner.${name}`), { inner: {} })).toBe(true);
    expect(evaluate(has(`arguments.${name}`))).toBe(false);
    const sent: object = JSON.parse(`{"${name}": 1, "inner": {"${name}": 2}}`) as object; // an object by its text
    expect(evaluate(path(`arguments.${name}`), sent)).toBe(1);
    expect(evaluate(path(`arguments.inner.${name}`), sent)).toBe(2);
    expect(evaluate(has(`arguments.${name}`), sent)).toBe(true);
  });

  it.each(INHERITED)("%s is missing in objects with a prototype, too", (name) => {
    const scope = callScope({}, { context: {}, facts: { inner: {} } });
    const budget = { left: 1_000 };
    expect(isError(compileExpression(path(`context.${name}`), EVERY_PART)(scope, budget))).toBe(
      true,
    );
    expect(isError(compileExpression(path(`facts.inner.${name}`), EVERY_PART)(scope, budget))).toBe(
      true,
    );
    expect(compileExpression(has(`context.${name}`), EVERY_PART)(scope, budget)).toBe(false);
    const member = compare(literal(name), "in", path("context"));
    expect(compileExpression(member, EVERY_PART)(scope, budget)).toBe(false);
  });

  it("of a polluted prototype is not found", () => {
    const polluted = Object.create({ admin: true }) as { readonly [key: string]: boolean };
    const result = compileExpression(path("context.admin"), EVERY_PART)(
      callScope({}, { context: polluted }),
      { left: 1_000 },
    );
    expect(isError(result)).toBe(true);
  });

  it("of a text, a list, a time or null is an error", () => {
    for (const value of ["text", [1], null, 5, true]) {
      expect(errs(path("arguments.x.length"), { x: value }), JSON.stringify(value)).toBe(true);
    }
    expect(errs(path("request.time.epochMs"))).toBe(true);
  });
});

describe("a variable", () => {
  it("gives what the call has", () => {
    expect(evaluate(path("tool"))).toBe("probe");
    expect(evaluate(path("data_type"))).toBe("sensitive");
    expect(evaluate(path("operation"))).toBe("read");
    expect(evaluate(path("session"))).toBe("s1");
    expect(evaluate(path("risk"))).toBe(25);
    expect(evaluate(path("facts.partners"))).toEqual(["partner.test"]);
    expect(evaluate(path("agent.id"))).toBe("a1");
  });

  it("that this call does not have is an error to read", () => {
    for (const text of ["user", "tenant", "user.id"]) expect(errs(path(text)), text).toBe(true);
    const scope = callScope({}, { dataType: undefined });
    const test = compare(path("data_type"), "!=", literal("secret"));
    expect(isError(compileExpression(test, EVERY_PART)(scope, { left: 1_000 }))).toBe(true);
  });

  it("request has the field time alone", () => {
    expect(evaluate(has("request.time"))).toBe(true);
    expect(evaluate(has("request.ip"))).toBe(false);
    expect(errs(path("request.ip"))).toBe(true);
  });
});

describe("has", () => {
  it("is true for a null that was sent and false for what was not", () => {
    expect(evaluate(has("arguments.none"), { none: null })).toBe(true);
    expect(evaluate(has("arguments.none"), { other: 1 })).toBe(false);
  });

  it("asks about the last field only: a missing parent, or one that is no object, is an error", () => {
    expect(errs(has("arguments.none.deep"))).toBe(true);
    expect(errs(has("arguments.text.length"), { text: "abc" })).toBe(true);
    expect(errs(has("arguments.items.length"), { items: [] })).toBe(true);
    expect(errs(has("user.id"))).toBe(true);
  });
});

describe("an index", () => {
  const items = { items: ["a", "b"], map: { k: 1 } };

  it("takes an item by a whole number in range", () => {
    expect(evaluate(index("arguments.items", literal(1)), items)).toBe("b");
    expect(evaluate(index("arguments.items", literal(-0)), items)).toBe("a");
    for (const at of [2, -1, 0.5, 1e21]) {
      expect(errs(index("arguments.items", literal(at)), items), String(at)).toBe(true);
    }
    expect(errs(index("arguments.items", literal("0")), items)).toBe(true);
    expect(errs(index("arguments.items", literal("length")), items)).toBe(true);
  });

  it("takes an own field by a text", () => {
    expect(evaluate(index("arguments.map", literal("k")), items)).toBe(1);
    expect(errs(index("arguments.map", literal("none")), items)).toBe(true);
    expect(errs(index("arguments.map", literal(0)), items)).toBe(true);
    for (const name of INHERITED)
      expect(errs(index("arguments.map", literal(name)), items)).toBe(true);
  });

  it("of a text is an error", () => {
    expect(errs(index("arguments.text", literal(0)), { text: "abc" })).toBe(true);
  });
});

function index(of: string, at: Expression): Expression {
  return { kind: "index", of: path(of), at };
}
