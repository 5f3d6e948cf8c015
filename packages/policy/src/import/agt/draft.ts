import { shown } from "../../diagnostics/words.ts";
import { NAME } from "../../document/names.ts";
import type { ImportNote, ImportOptions } from "../import-result.ts";
import { type DraftPolicy, type DraftRule, ruleName } from "../policy-text.ts";
import type { AgtDocument, AgtRule } from "./document.ts";
import type { Carried } from "./expression.ts";

/** A policy made of an AGT file, and what it does not hold as it was. */
export interface AgtDraft {
  readonly policy: DraftPolicy;
  readonly notes: readonly ImportNote[];
}

/** Conditions that turned out not to build, by the rule's index: why. */
export type Refused = ReadonlyMap<number, string>;

/** Calls in any trailing day: the longest window there is, which a session rarely outlives. */
const WINDOW = "calls/day";

/**
 * Makes a policy of an AGT file. Deny wins over review over allow here, where AGT takes the first match of the highest
 * priority, so every rule may stand as it is and nothing gets further. A condition that cannot be said here makes a
 * person decide: whatever its rule might have stopped is then no longer allowed, but asked about.
 */
export function draftOf(document: AgtDocument, options: ImportOptions, refused: Refused): AgtDraft {
  return new Drafting(document, options, refused).draft();
}

class Drafting {
  readonly #document: AgtDocument;
  readonly #options: ImportOptions;
  readonly #refused: Refused;
  readonly #tools: readonly string[];
  readonly #notes: ImportNote[] = [];
  readonly #taken = new Set<string>();
  /** Tools of which nothing is allowed without asking, because a rule that might stop their calls cannot be said. */
  readonly #doubted = new Set<string>();

  constructor(document: AgtDocument, options: ImportOptions, refused: Refused) {
    this.#document = document;
    this.#options = options;
    this.#refused = refused;
    this.#tools = this.#knownTools();
  }

  draft(): AgtDraft {
    const { name, agents, isOpen, maxCalls } = this.#document;
    for (const { at, message } of this.#document.passed) this.#note(at, "left_out", message);
    this.#notePriorities();
    const rules = this.#document.rules.flatMap((rule, index) => this.#rule(rule, index));
    const opening = isOpen ? this.#opening() : [];
    const asked = [...rules, ...opening].flatMap((rule) => this.#asked(rule));
    const limited = maxCalls === undefined ? asked : this.#limited(asked, maxCalls);
    const { id } = this.#options;
    const policy: DraftPolicy = {
      id,
      description: `Imported from the AGT policy ${shown(name)}`,
      heading: [
        "Imported from an AGT policy. Operations and arguments of the tools are not in that file: describe them here.",
        "Tools that do not stand here are denied. What AGT's host calls `x` is `context.x`, handed over with the identity.",
      ],
      ...(agents === null ? {} : { agents }),
      tools: this.#tools,
      open: new Set(),
      rules: limited,
    };
    return { policy, notes: this.#notes };
  }

  #note(at: string, instead: ImportNote["instead"], message: string): void {
    this.#notes.push({ at, message, instead });
  }

  #notePriorities(): void {
    const { rules } = this.#document;
    const lowest = Math.min(
      ...rules.flatMap(({ action, priority }) => (action === "allow" ? [] : [priority])),
    );
    for (const { at, name, action, priority } of rules) {
      if (action !== "allow" || priority <= lowest) continue;
      const message = `\`${shown(name)}\` goes before rules that stop calls; here those win, whatever its priority.`;
      this.#note(at, "deny", message);
    }
  }

  #knownTools(): readonly string[] {
    const named = this.#document.rules.flatMap(({ condition, at }) => {
      const tools = typeof condition === "string" ? [] : (condition.tools ?? []);
      for (const tool of tools.filter((one) => !NAME.test(one))) {
        const message = `\`${shown(tool)}\` is no name that a tool may have here, so its calls are denied.`;
        this.#note(at, "left_out", message);
      }
      return tools.filter((one) => NAME.test(one));
    });
    return [...new Set([...named, ...(this.#options.tools ?? [])])];
  }

  #toolsOf({ tools, prefix }: Carried): readonly string[] {
    if (tools !== null) return tools.filter((tool) => NAME.test(tool));
    if (prefix === undefined) return this.#tools;
    return this.#tools.filter((tool) => tool === prefix || tool.startsWith(`${prefix}.`));
  }

  /** The condition of a rule, or why it cannot be said. */
  #condition({ condition }: AgtRule, index: number): AgtRule["condition"] {
    return this.#refused.get(index) ?? condition;
  }

  #rule(rule: AgtRule, index: number): readonly DraftRule[] {
    const { at, action, reason, unknown } = rule;
    const label = `\`${shown(rule.name)}\``;
    if (action === "record") {
      this.#note(at, "left_out", `${label} only records, and every call is recorded.`);
      return [];
    }
    const condition = this.#condition(rule, index);
    if (typeof condition === "string") return this.#unsaid(rule, condition);
    const tools = this.#toolsOf(condition);
    if (tools.length === 0) {
      this.#note(
        at,
        "left_out",
        `${label} is for no tool that is known; --tool NAME names those of the agent.`,
      );
      return [];
    }
    if (unknown.length > 0) {
      const keys = unknown.map((key) => `\`${shown(key)}\``).join(", ");
      if (action === "allow") {
        this.#note(at, "left_out", `${label} has ${keys}, which may narrow it and is not known.`);
        return [];
      }
      this.#note(at, action, `${label} has ${keys}, which is not known and not carried over.`);
    }
    const draft = {
      name: ruleName(rule.name, this.#taken),
      tools,
      ...(condition.when === undefined ? {} : { when: condition.when }),
      ...(reason === undefined ? {} : { reason }),
      origin: index,
    };
    return [{ ...draft, ...this.#effect(rule, action, label) }];
  }

  #effect(
    { limit, at }: AgtRule,
    action: DraftRule["action"],
    label: string,
  ): Pick<DraftRule, "action" | "comment" | "rateLimit"> {
    if (action !== "allow" || limit === undefined) return { action };
    const [, count = "0", unit = ""] = /^(\d{1,6})\/(second|minute|hour|day)$/.exec(limit) ?? [];
    if (this.#document.agents?.length === 1 && Number(count) > 0) {
      return { action, rateLimit: { text: `${Number(count)} calls/${unit}`, by: ["agent"] } };
    }
    const comment = `The limit ${shown(limit)} is counted over all agents, which this version does not do.`;
    this.#note(at, "review", `${label}: ${comment}`);
    return { action: "review", comment };
  }

  /** A rule whose condition cannot be said. */
  #unsaid(rule: AgtRule, why: string): readonly DraftRule[] {
    const { at, action } = rule;
    const label = `\`${shown(rule.name)}\``;
    if (action === "allow") {
      this.#note(
        at,
        "left_out",
        `${label} allows under a condition that cannot be said here: ${why}.`,
      );
      return [];
    }
    const tools = typeof rule.condition === "string" ? this.#tools : this.#toolsOf(rule.condition);
    for (const tool of tools) this.#doubted.add(tool);
    const verb = action === "deny" ? "denies" : "asks";
    this.#note(
      at,
      "review",
      `${label} ${verb} under a condition that cannot be said here: ${why}. What is allowed of its tools asks a person.`,
    );
    // No rule is made of it: one that asks could be answered with yes where the file allows nothing.
    return [];
  }

  /** What a file that allows by default allows. */
  #opening(): readonly DraftRule[] {
    if (this.#tools.length === 0) return [];
    const comment =
      "The file allows what no rule stops; here that holds for the tools that are known.";
    return [
      {
        name: ruleName("allowed_by_default", this.#taken),
        tools: this.#tools,
        action: "allow",
        comment,
        origin: null,
      },
    ];
  }

  /** An allow rule asks about those of its tools that are doubted. */
  #asked(rule: DraftRule): readonly DraftRule[] {
    const doubted = rule.tools.filter((tool) => this.#doubted.has(tool));
    if (rule.action !== "allow" || doubted.length === 0) return [rule];
    const sure = rule.tools.filter((tool) => !this.#doubted.has(tool));
    const asking: DraftRule = {
      ...rule,
      name: ruleName(`${rule.name}_asks`, this.#taken),
      tools: doubted,
      action: "review",
      comment: "A rule that might stop these calls could not be carried over, so a person decides.",
    };
    return sure.length === 0 ? [asking] : [{ ...rule, tools: sure }, asking];
  }

  /** Each rule counts for itself, so the calls of a session are shared out among the rules that allow. */
  #limited(rules: readonly DraftRule[], maxCalls: number): readonly DraftRule[] {
    const allowing = rules.filter(({ action }) => action === "allow");
    if (allowing.length === 0) return rules;
    const share = Math.floor(maxCalls / allowing.length);
    const message = `At most ${maxCalls} calls of a session: each of ${allowing.length} rules allows ${share} in a day.`;
    this.#note("defaults.max_tool_calls", share > 0 ? "allow" : "review", message);
    return rules.map((rule) => {
      if (rule.action !== "allow") return rule;
      if (share < 1 || rule.rateLimit !== undefined) {
        const comment =
          "It has a limit of its own beside that of the session, so a person decides.";
        const { rateLimit: _, ...rest } = rule;
        return { ...rest, action: "review", comment };
      }
      return { ...rule, rateLimit: { text: `${share} ${WINDOW}`, by: ["session"] } };
    });
  }
}
