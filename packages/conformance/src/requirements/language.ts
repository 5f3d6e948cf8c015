import { requirements, type Requirement } from "./requirement.ts";

/** The policy language and the tools to write it with. Each topic under its own heading. */
export const languageRequirements: readonly Requirement[] = requirements("0.1.0", {
  // Patterns
  "language.pattern-meaning":
    "A program of the table finds what RE2 finds for its pattern, in every text.",
  "language.pattern-table":
    "A table of patterns that is malformed in any way, or lacks a pattern, refuses the bundle.",
  "language.pattern-bounds":
    "Whatever table of patterns loads, a search of it ends, in time that its price covers.",
  "language.pattern-verify":
    "A program that is not what RE2 makes of its pattern fails `interlatch verify`.",

  // Conditions, shapes, versions
  "language.cel":
    "Every test of the core sections of the official CEL suite passes, or stands in a list with the reason of the profile that keeps it from passing.",
  "language.other-engines":
    "A condition gives what two other CEL engines agree on, or differs for a written reason.",
  "language.compiler-total":
    "Whatever is written is answered with places, or compiles to a policy that decides without a throw.",
  "language.hostile-policy":
    "Whatever a signed policy holds is refused, or decided without a throw.",
  "language.less-tightens":
    "Without schemas and without `has`, a call that lacks an argument is never freer.",
  "language.engine": "A run time runs policies of its own semantics, and refuses all others.",
  "language.shapes": "A claim that no declared shape names is an error at build.",
  "language.shapes.facts":
    "Facts that a host adds are read only where they fit the declared shape, all of them or none.",
  "language.facts-misfit":
    "Where a fact that a host adds does not fit the declared shape, every condition that asks for a fact errs.",
  "language.pollution":
    "Nothing that a polluted Object.prototype lends opens a schema, a scope or a host name, or lets shadow load.",

  // Scopes
  "scope.01": "A call lies wholly inside one matching profile; profiles are never merged.",
  "scope.02": "A dimension that a profile leaves out is empty.",
  "scope.03": "Write includes read, and read does not include write.",
  "scope.04": "A profile whose condition errs does not match.",
  "scope.05": "A resource whose expression errs, or gives no text, is out of scope.",
  "scope.06": "Of a list of resources every member must be inside.",
  "scope.07": "A profile is a ceiling and never a grant.",
  "scope.08":
    "The denial of a call that is out of scope names profiles and dimensions and no value.",
  "scope.09": "Effective arguments that leave the scope are denied.",
  "scope.10": "What scopes cost is bounded by the budget of the decision.",
  "scope.11": "A tool whose scope depends on its arguments alone stays visible.",
  "scope.12": "A URL fits a glob only in scheme, host and port.",
  "scope.13": "A user part, a slash or a space in a URL hides no other host.",
  "scope.14": "Dots and encoded slashes lead out of no folder of a URL.",
  "scope.15": "A glob matches the whole path of a URL, case-sensitive, one star within a segment.",
  "scope.16": "A query or a fragment is inside only where the glob says so.",
  "scope.17": "A glob of hosts matches no address.",
  "scope.18": "An address is found in its range in any notation, and a host by its whole name.",
  "scope.19": "A name never lies in a range.",
  "scope.20": "A path is inside a directory as `under` says, and nowhere else.",
  "scope.21": "Scopes that are malformed in any way refuse the bundle.",
  "scope.22":
    "For any policy, a call is inside exactly where one profile alone holds it, whatever the order.",
  "scope.23": "No spelling of a URL is inside that some reader would find elsewhere.",
  "scope.24": "Whatever profiles and resources load do so within about a second, or are refused.",

  // Files, formatting, editor, types
  "policy.hidden-signs":
    "A file of a policy holds no sign that is not seen, turns the text around it or ends a line for some readers alone.",
  "include.whole":
    "A policy does not build while anything that it includes is missing, refused or was not followed.",
  "include.inside": "No include, and no link, reads a file outside of the policy's root folder.",
  "include.once": "A file counts once, however often and in whatever circle it is included.",
  "format.meaning": "Formatting changes nothing that is signed.",
  "format.comments": "Formatting keeps every comment.",
  "format.settled": "Formatting what was formatted changes nothing.",
  "editor.schema":
    "The published JSON Schema is that of the grammar, without what this engine does not run.",
  "editor.server":
    "The YAML language server marks a wrong key and a wrong word of a policy at their places.",
  "types.fit": "The types of a policy permit what it permits, as a compiler sees it.",
  "types.guard":
    "A guard that is given a policy's types knows its tools, their arguments and its facts.",

  // Argument schemas
  "schema.suite":
    "The public JSON Schema suite passes whole for the keywords and formats of a policy.",
  "schema.closed":
    "Arguments hold no key that a schema which held has not evaluated, at any depth, unless the schema opens it.",
  "schema.tests-open":
    "A key that somebody adds never makes an `if`, `not` or `contains` come out otherwise.",
  "schema.bounded":
    "However a bundle nests its schemas, a check ends within the budget of the decision.",
  "schema.unanswerable":
    "A text too long for a pattern of its schema is refused, under `not` as well.",
  "schema.hostile":
    "Schemas that are malformed, or refer to themselves without end, refuse the bundle.",
  "schema.output": "A fallback value that does not fit the tool's `output` is never given.",
  "schema.import":
    "What `schema import` writes builds, whatever the names and texts in what it reads, and what it drops is told.",

  // Tests of policies, explain
  "explain.same-engine":
    "What explain and coverage say of a condition is what the engine's own closures came to.",
  "explain.smallest-change":
    "A change that explain names was judged by the engine, which allows the changed call.",
  "cases.session":
    "Earlier calls of a test case take from limits, count as denials, and go by its clock.",
  "cases.coverage":
    "A condition counts as covered only where a test made the decision see it true, and see it false.",

  // Redaction
  "redact.01": "What is redacted reaches neither the tool, nor a reviewer, nor a record.",
  "redact.02": "A redaction is recorded and told to the model by its path, without a value.",
  "redact.03": "A path that is absent leaves nothing to redact.",
  "redact.04": "A value in another shape than its path says denies the call.",
  "redact.05": "Redacted arguments that no longer fit the schema deny the call.",
  "redact.06": "Redactions of several rules unite; of two forms for one path the mark wins.",
  "redact.07": "Rules that deny or ask are asked again about redacted arguments.",
  "redact.08": "Arguments that would be redacted once more in the second pass deny the call.",
  "redact.09": "A batch whose argument was redacted denies the call.",
  "redact.10": "A redacted date, URL, bigint or byte array does not come back in the tool's copy.",
  "redact.11": "Redaction reads and writes own properties alone.",
  "redact.12": "What redaction costs is bounded by the budget of the decision.",
  "redact.13": "A token is HMAC-SHA-256 of tenant and value with the host's key.",
  "redact.14": "Without a key of at least 32 bytes no token is made, and the call is denied.",
  "redact.15": "A redaction that is malformed in any way refuses the bundle.",
  "redact.16":
    "For any policy, redaction loosens no decision, and what may run holds nothing of what is redacted.",
  "redact.17":
    "A value that fits the shape of one redacted path and not of another at its place denies the call.",

  // Recordings, replay, diff, importers
  "recording.whole":
    "A recording of a guard replays to the decisions that the guard made, and no one but its owner can read it.",
  "recording.lines":
    "A line that holds no call is reported with its number and counted, never dropped in silence.",
  "replay.effects":
    "A replay counts what would be newly allowed, reviewed and denied, and names rules that no call touched and tools that are not known.",
  "replay.limits":
    "A replay counts limits by the recorded clock, in the order of time, and only calls that would run.",
  "replay.private": "A replay shows no value of an argument unless it is asked to.",
  "diff.parts":
    "A diff names every part of a policy that changed, and marks an obligation that was loosened.",
  "diff.calls":
    "A diff says of recorded and tested calls which change their effect, and in which direction.",
  "diff.search":
    "A diff finds a call that a planted loosening lets further, shrinks it, and claims no proof where it finds none.",
  "diff.sign": "Signing says first what gets further than under the bundle before.",
  "import.langchain":
    "A policy made of an interruptOn map builds and lets no call run that the map stops.",
  "import.agt":
    "A policy made of AGT rules builds and lets no call run without a person that the rules stop.",
  "import.hostile":
    "Nothing in an imported file becomes a key, a rule or a condition that the file does not say.",

  // Linter
  "lint.sound":
    "What `interlatch check` says never or always happens, happens in no call or in every one; what it says follows from a condition follows.",
  "lint.examples": "The policies of the examples have no fault and no warning.",
  "lint.ignore":
    "A warning is silenced by a comment that says why; an error by nothing, and an idle comment is a finding.",
  "lint.codes": "Every code of a finding stands with its sentence on the page of findings.",
  "lint.fix":
    "A policy decides after `--fix` as it did before, and what a fix does not name stays byte for byte.",
  "lint.annotations":
    "Nothing in a policy can end an annotation for GitHub, or begin another workflow command.",

  // Parts of the run time that are loaded where a policy uses them
  "parts.used": "What a policy uses is found wherever it stands in it.",
  "parts.same":
    "A policy decides with the parts that it uses as it would with all of them: every function, keyword, dimension and obligation.",
  "parts.missing": "A policy that uses a part which was not loaded does not compile.",
  "parts.plain":
    "A schema that is checked without the part for schemas is checked as that part would, to the word and the unit of cost.",
  "parts.entries":
    "A bundle with an entry of a profile that nothing can read, or that nothing was loaded to read, is refused.",
  "parts.lost": "A part that cannot be loaded refuses the policies that use it, with a code.",
  "parts.start": "No guard starts over a policy of which a part cannot be loaded.",
  "parts.reload":
    "A new bundle of which a part cannot be loaded leaves the last good one in force, and the rollback state where it was.",

  // Worst cases
  "worst.decides":
    "Whatever policy loads and whatever is sent, a decision ends in bounded time, throws nothing and is the same each time.",
  "worst.long-texts":
    "Very long texts are compared in full and paid for, in lists, permitted values and items that must differ.",
  "worst.load": "A bundle whose scopes would take minutes to be made ready is refused.",
  "worst.redaction": "Rules that hide more paths than a decision can carry out are refused.",
});
