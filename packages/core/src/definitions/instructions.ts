/**
 * Passages that instruct a model instead of describing a tool, as they stand in published attacks on tool
 * descriptions. They are looked for in {@link squeezed} text. Gaps are bounded, so that the time is linear in the text.
 *
 * A courtesy and no gate: whoever knows the list words it otherwise. What holds is the decision on the call.
 */
const INSTRUCTIONS: readonly RegExp[] = [
  // "ignore all previous instructions"
  /(?:ignor(?:e|ing)|disregard|forget|overrid(?:e|ing)|bypass)(?:all|any|every|the|your|my|of|prior|previous|earlier|above|other|existing|system|safety|security)*(?:instruction|prompt|rule|guideline|message|polic|restriction|context)/,
  // "do not tell the user", "without asking the human"
  /(?:donot|dont|never|mustnot|without)(?:tell|mention|inform|notify|reveal|disclos|show|alert|warn|ask)(?:e|ing)?(?:this|it|that|anything|about|of|to|the)*(?:user|human|person|customer|operator)/,
  // "before using this tool, read …"
  /(?:before|priorto|after|when|whenever)(?:using|calling|invoking|running|youuse|youcall)(?:this|the|any|other|another)?[a-z0-9]{0,30}?(?:tool|function)[a-z0-9]{0,40}?(?:read|call|run|open|send|fetch|include|access|must|first)/,
  // "you must first call …", "always read …"
  /(?:must|should|haveto|needto|oughtto)(?:first|always|also|immediately|now)+(?:call|invoke|run|execute|read|open|send|pass|include|forward|upload|use)/,
  // "send the conversation to …"
  /(?:send|forward|upload|copy|exfiltrate|leak|include|pass)[a-z0-9]{0,40}?(?:systemprompt|conversation|chathistory|apikey|privatekey|sshkey|idrsa|credentials)/,
  // "read ~/.ssh/id_rsa"
  /(?:read|open|cat|load|fetch)[a-z0-9]{0,40}?(?:idrsa|etcpasswd|awscredentials|mcpjson)/,
  // "new instructions are", "you are now in …"
  /newinstructions(?:are|follow)|youarenow(?:a|in)|pretend(?:to|that|you)|systemprompt/,
];

/** Whether a passage instructs the model. */
export function isInstruction(passage: string): boolean {
  const text = squeezed(passage);
  return INSTRUCTIONS.some((instruction) => instruction.test(text));
}

/** Letters of other scripts that look like Latin ones. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ...pairs("абвеікмнорстухѕјԁԛԝһӏ", "abbeikmhopctyxsjdqwhl"),
  ...pairs("αβεικνορτυχη", "abeikvoptuxn"),
  ...pairs("ıſ", "is"),
};

function pairs(from: string, to: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(from, (letter, index) => [letter, to[index] ?? ""]));
}

/** The letters and digits alone: spaces, signs and marks between them are how a phrase is hidden from a search. */
function squeezed(text: string): string {
  return readable(text)
    .replace(/\P{ASCII}/gu, (letter) =>
      Object.hasOwn(LOOK_ALIKES, letter) ? (LOOK_ALIKES[letter] ?? "") : "",
    )
    .replace(/[^a-z0-9]+/g, "");
}

/** A text as a model understands it: entities decoded, letters in their plain form, small. */
export function readable(text: string): string {
  return decoded(decoded(text))
    .normalize("NFKD")
    .replace(/\p{Mn}+/gu, "")
    .toLowerCase();
}

const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: " ",
  shy: "",
  excl: "!",
  lowbar: "_",
};

/** HTML entities and percent escapes, one layer. */
function decoded(text: string): string {
  return text
    .replace(
      /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi,
      (whole, decimal, hexadecimal, name) => {
        const named = String(name).toLowerCase();
        if (name !== undefined)
          return Object.hasOwn(NAMED, named) ? (NAMED[named] ?? whole) : whole;
        return letter(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal));
      },
    )
    .replace(/%([2-7][0-9a-f])/gi, (_, code: string) => letter(Number.parseInt(code, 16)));
}

function letter(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}
