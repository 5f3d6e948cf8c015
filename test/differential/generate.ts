import { Random } from "../fuzz/random.ts";
import { type Bindings, FIELDS, makeBindings, NUMBERS, STRINGS } from "./bindings.ts";
import { number, string, type Text, text, whole } from "./text.ts";

/** One question to all engines: an expression and what its free names stand for. */
export interface Question {
  readonly expression: Text;
  readonly bindings: Bindings;
}

/** Makes the question of a seed. */
export function question(seed: number): Question {
  const random = new Random(seed);
  const bindings = makeBindings(random);
  return { expression: new Writer(random).boolean(2 + random.below(4)), bindings };
}

const INSTANTS = [
  "2026-11-22T10:00:00Z",
  "2026-03-29T01:30:00Z",
  "1969-12-31T23:59:59.999Z",
  "2024-02-29T12:00:00+05:30",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
];
const LENGTHS = ["0s", "1h", "90m", "-5s", "1h30m", "100ms", "1.5s", "8760h"];
const ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"];
const PATTERNS = ["^a", "b+", "[A-Z]", "^$", "a.c", "(ab|ba)c?", "\\d", "x{3,}"];
const PARTS = [
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
];

/** Writes expressions that mostly have the right kinds, so that they get further than their first error. */
class Writer {
  readonly #random: Random;
  readonly #locals: string[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  boolean(depth: number): Text {
    const random = this.#random;
    if (depth <= 0)
      return random.chance(0.6) ? text`a.flag` : text`${random.pick(["true", "false"])}`;
    if (random.chance(0.02)) return this.#any(depth - 1);
    const inner = (): Text => this.boolean(depth - 1);
    switch (random.below(18)) {
      case 0:
      case 1:
        return text`(${inner()} && ${inner()})`;
      case 2:
      case 3:
        return text`(${inner()} || ${inner()})`;
      case 4:
        return text`!${inner()}`;
      case 5:
        return text`(${inner()} ? ${inner()} : ${inner()})`;
      case 6:
        return this.#equal(depth);
      case 7:
      case 8:
        return this.#ordered(depth);
      case 9:
        return random.chance(0.6)
          ? text`(${this.#any(depth - 1)} in ${this.#list(depth - 1)})`
          : text`(${this.#string(depth - 1)} in ${this.#map(depth - 1)})`;
      case 10:
        return text`has(${this.#map(depth - 1)}.${random.pick(FIELDS)})`;
      case 11:
        return text`${this.#string(depth - 1)}.${random.pick(["startsWith", "endsWith", "contains"])}(${this.#string(depth - 1)})`;
      case 13:
        return this.#part(depth);
      case 14:
        return this.#relatives(depth);
      case 12:
        return text`${this.#string(depth - 1)}.matches(${string(random.pick(PATTERNS))})`;
      default:
        return this.#macro(random.pick(["all", "exists", "exists_one"]), depth, (name) =>
          random.chance(0.5) ? this.#about(name, depth - 1) : this.boolean(depth - 1),
        );
    }
  }

  #equal(depth: number): Text {
    const operator = this.#random.pick(["==", "!="]);
    const kinds = [
      () => this.#number(depth - 1),
      () => this.#string(depth - 1),
      () => this.#any(depth - 1),
      () => this.#list(depth - 1),
      () => this.#map(depth - 1),
      () => this.#time(depth - 1),
    ];
    const kind = this.#random.pick(kinds);
    const other = this.#random.chance(0.85) ? kind : this.#random.pick(kinds);
    return text`(${kind()} ${operator} ${other()})`;
  }

  #ordered(depth: number): Text {
    const operator = this.#random.pick(["<", "<=", ">", ">="]);
    const kinds = [
      () => this.#number(depth - 1),
      () => this.#number(depth - 1),
      () => this.#string(depth - 1),
      () => this.#time(depth - 1),
      () => this.#length(depth - 1),
      () => this.boolean(depth - 1),
    ];
    const kind = this.#random.pick(kinds);
    const other = this.#random.chance(0.93) ? kind : this.#random.pick(kinds);
    return text`(${kind()} ${operator} ${other()})`;
  }

  /** A part of a time, or a size, against a number that it may well be. */
  #part(depth: number): Text {
    const random = this.#random;
    const isTime = random.chance(0.6);
    const part = isTime
      ? text`${this.#time(depth - 1)}.${random.pick(PARTS)}("${random.pick(ZONES)}")`
      : text`size(${random.pick([this.#list, this.#string, this.#string]).call(this, depth - 1)})`;
    const bound = number(random.below(isTime ? random.pick([13, 61]) : 6));
    return text`(${whole(part)} ${random.pick(["==", "!=", "<", ">="])} ${bound})`;
  }

  /** Two values of which one is made of the other: chance alone seldom finds such. */
  #relatives(depth: number): Text {
    const random = this.#random;
    const operator = random.pick(["==", "!="]);
    switch (random.below(4)) {
      case 0: {
        const some = this.#string(depth - 1);
        const other = random.chance(0.5) ? some : text`(${some} + ${this.#string(0)})`;
        const [left, right] = random.chance(0.5) ? [some, other] : [other, some];
        return text`(${left} ${random.pick(["<", "<=", ">", ">=", operator])} ${right})`;
      }
      case 1: {
        const some = this.#any(depth - 1);
        const more = random.chance(0.5) ? text`` : text`, "s": ${this.#string(0)}`;
        const [left, right] = [text`{"n": ${some}}`, text`{"n": ${some}${more}}`];
        return random.chance(0.5)
          ? text`(${left} ${operator} ${right})`
          : text`(${right} ${operator} ${left})`;
      }
      case 2: {
        const some = this.#list(depth - 1);
        return text`(${some} ${operator} (${some} + ${random.chance(0.5) ? text`[]` : this.#list(0)}))`;
      }
      default: {
        const some = this.#map(depth - 1);
        return text`(${some} ${operator} ${some})`;
      }
    }
  }

  /** Something about what a macro binds. */
  #about(name: string, depth: number): Text {
    const operator = this.#random.pick(["==", "!=", "<", ">=", "in"]);
    if (operator === "in") return text`(${name} in ${this.#list(depth)})`;
    return text`(${name} ${operator} ${this.#random.chance(0.6) ? this.#number(depth) : this.#string(depth)})`;
  }

  #macro(macro: string, depth: number, body: (name: string) => Text): Text {
    const over = this.#random.chance(0.75) ? this.#list(depth - 1) : this.#map(depth - 1);
    const name = `x${this.#locals.length}`;
    this.#locals.push(name);
    const made = text`${over}.${macro}(${name}, ${body(name)})`;
    this.#locals.pop();
    return made;
  }

  #number(depth: number): Text {
    const random = this.#random;
    if (depth <= 0) {
      return random.chance(0.5)
        ? text`${number(random.pick(NUMBERS))}`
        : text`${random.pick(["n", "a.n", "m.n", ...this.#locals])}`;
    }
    switch (random.below(7)) {
      case 0:
      case 1:
        return text`(${this.#number(depth - 1)} ${random.pick(["+", "-", "*", "/"])} ${this.#number(depth - 1)})`;
      case 2:
        return whole(
          text`size(${random.pick([this.#list, this.#string, this.#map]).call(this, depth - 1)})`,
        );
      case 3:
        return text`-(${this.#number(depth - 1)})`;
      case 4:
        return text`(${this.boolean(depth - 1)} ? ${this.#number(depth - 1)} : ${this.#number(depth - 1)})`;
      case 5:
        return whole(text`${this.#time(depth - 1)}.${random.pick(PARTS)}("${random.pick(ZONES)}")`);
      default:
        return this.#number(0);
    }
  }

  #string(depth: number): Text {
    const random = this.#random;
    if (depth <= 0) {
      return random.chance(0.6)
        ? string(random.pick(STRINGS))
        : text`${random.pick(["s", "a.s", "m.s", ...this.#locals])}`;
    }
    switch (random.below(4)) {
      case 0:
        return text`(${this.#string(depth - 1)} + ${this.#string(depth - 1)})`;
      case 1:
        return text`(${this.boolean(depth - 1)} ? ${this.#string(depth - 1)} : ${this.#string(depth - 1)})`;
      default:
        return this.#string(0);
    }
  }

  #list(depth: number): Text {
    const random = this.#random;
    if (depth <= 0) return text`${random.pick(["l", "a.list", "m.list", "[]"])}`;
    switch (random.below(6)) {
      case 0: {
        const items = random.many(3, () => this.#any(depth - 1));
        return text`[${items.reduce((list, item, index) => (index === 0 ? item : text`${list}, ${item}`), text``)}]`;
      }
      case 1:
        return text`(${this.#list(depth - 1)} + ${this.#list(depth - 1)})`;
      case 2:
        return this.#macro("filter", depth, (name) =>
          random.chance(0.5) ? this.#about(name, depth - 1) : this.boolean(depth - 1),
        );
      case 3:
        return this.#macro("map", depth, (name) => {
          const made = random.chance(0.5) ? this.#any(depth - 1) : text`${name}`;
          return random.chance(0.2) ? text`${this.boolean(depth - 1)}, ${made}` : made;
        });
      default:
        return this.#list(0);
    }
  }

  #map(depth: number): Text {
    const random = this.#random;
    if (depth <= 0 || random.chance(0.6))
      return text`${random.pick(["a", "m", "a.inner", "m.inner", "v"])}`;
    const [first, second] = random.chance(0.9) ? ["n", "s"] : ["n", "n"];
    return text`{"${first}": ${this.#any(depth - 1)}, "${second}": ${this.#any(depth - 1)}}`;
  }

  #time(depth: number): Text {
    const random = this.#random;
    const literal = text`timestamp("${random.pick(INSTANTS)}")`;
    if (depth <= 0 || random.chance(0.7)) return literal;
    return text`(${literal} ${random.pick(["+", "-"])} ${this.#length(depth - 1)})`;
  }

  #length(depth: number): Text {
    const random = this.#random;
    const literal = text`duration("${random.pick(LENGTHS)}")`;
    if (depth <= 0 || random.chance(0.7)) return literal;
    return random.chance(0.5)
      ? text`(${literal} ${random.pick(["+", "-"])} ${this.#length(depth - 1)})`
      : text`(${this.#time(depth - 1)} - ${this.#time(depth - 1)})`;
  }

  #any(depth: number): Text {
    const random = this.#random;
    switch (random.below(9)) {
      case 0:
        return text`null`;
      case 1:
        return this.boolean(depth);
      case 2:
      case 3:
        return this.#number(depth);
      case 4:
      case 5:
        return this.#string(depth);
      case 6:
        return random.chance(0.5) ? this.#list(depth) : this.#map(depth);
      case 7:
        // Others count items by whole numbers.
        return text`${this.#list(depth)}[${String(random.below(4))}]`;
      default:
        return random.chance(0.5)
          ? text`${this.#map(depth)}["${random.pick(FIELDS)}"]`
          : text`${random.pick(["v", ...this.#locals])}`;
    }
  }
}
