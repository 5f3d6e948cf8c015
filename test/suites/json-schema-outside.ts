/** A group of the suite that a policy cannot hold, and why. */
export interface OutsideGroup {
  readonly file: string;
  readonly group: string;
  readonly reason: string;
}

/** By reason, then by file: the groups as the suite calls them. */
const BY_REASON: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "`$id` gives parts of a schema addresses of their own; in a policy all of it is one document": {
    "anchor.json": [
      "Location-independent identifier with absolute URI",
      "Location-independent identifier with base URI change in subschema",
      "same $anchor with different base uri",
    ],
    "ref.json": [
      "Recursive references between schemas",
      "refs with relative uris and defs",
      "relative refs with absolute uris and defs",
      "$id must be resolved against nearest parent, not just immediate parent",
      "order of evaluation: $id and $ref",
      "order of evaluation: $id and $anchor and $ref",
      "order of evaluation: $id and $ref on nested schema",
      "simple URN base URI with $ref via the URN",
      "simple URN base URI with JSON pointer",
      "URN base URI with NSS",
      "URN base URI with r-component",
      "URN base URI with q-component",
      "URN base URI with URN and JSON pointer ref",
      "URN base URI with URN and anchor ref",
      "URN ref with nested pointer ref",
      "ref to if",
      "ref to then",
      "ref to else",
      "ref with absolute-path-reference",
      "$id with file URI still resolves pointers - *nix",
      "$id with file URI still resolves pointers - windows",
    ],
    "refRemote.json": [
      "base URI change",
      "base URI change - change folder",
      "base URI change - change folder in subschema",
      "root ref in remote ref",
      "remote ref with ref to defs",
      "retrieved nested refs resolve relative to their URI not $id",
    ],
  },
  "it holds a whole number beyond 2^53 - 1, which a policy refuses: texts that differ would become one number":
    {
      "const.json": ["float and integers are equal up to 64-bit representation limits"],
    },
  "it refers to another document, and a policy loads none": {
    "defs.json": ["validate definition against metaschema"],
    "ref.json": ["remote ref, containing refs itself"],
    "refRemote.json": [
      "remote ref",
      "fragment within remote ref",
      "anchor within remote ref",
      "ref within remote ref",
      "Location-independent identifier in remote ref",
      "remote HTTP ref with different $id",
      "remote HTTP ref with different URN $id",
      "remote HTTP ref with nested absolute ref",
      "$ref to $ref finds detached $anchor",
    ],
  },
  "`$dynamicRef` finds its target while a value is checked; what a policy means is settled at build":
    {
      "dynamicRef.json": [
        "A $dynamicRef to a $dynamicAnchor in the same schema resource behaves like a normal $ref to an $anchor",
        "A $dynamicRef to an $anchor in the same schema resource behaves like a normal $ref to an $anchor",
        "A $ref to a $dynamicAnchor in the same schema resource behaves like a normal $ref to an $anchor",
        "A $dynamicRef resolves to the first $dynamicAnchor still in scope that is encountered when the schema is evaluated",
        "A $dynamicRef without anchor in fragment behaves identical to $ref",
        "A $dynamicRef with intermediate scopes that don't include a matching $dynamicAnchor does not affect dynamic scope resolution",
        "An $anchor with the same name as a $dynamicAnchor is not used for dynamic scope resolution",
        "A $dynamicRef without a matching $dynamicAnchor in the same schema resource behaves like a normal $ref to $anchor",
        "A $dynamicRef with a non-matching $dynamicAnchor in the same schema resource behaves like a normal $ref to $anchor",
        "A $dynamicRef that initially resolves to a schema with a matching $dynamicAnchor resolves to the first $dynamicAnchor in the dynamic scope",
        "A $dynamicRef that initially resolves to a schema without a matching $dynamicAnchor behaves like a normal $ref to $anchor",
        "multiple dynamic paths to the $dynamicRef keyword",
        "after leaving a dynamic scope, it is not used by a $dynamicRef",
        "strict-tree schema, guards against misspelled properties",
        "tests for implementation dynamic anchor and reference link",
        "$ref and $dynamicAnchor are independent of order - $defs first",
        "$ref and $dynamicAnchor are independent of order - $ref first",
        "$ref to $dynamicRef finds detached $dynamicAnchor",
        "$dynamicRef points to a boolean schema",
        "$dynamicRef skips over intermediate resources - direct reference",
        "$dynamicRef avoids the root of each schema, but scopes are still registered",
      ],
      "unevaluatedItems.json": ["unevaluatedItems with $dynamicRef"],
      "unevaluatedProperties.json": ["unevaluatedProperties with $dynamicRef"],
    },
  "a policy checks the formats that it names, and refuses those it would not check": {
    "format.json": [
      "idn-email format",
      "regex format",
      "idn-hostname format",
      "time format",
      "json-pointer format",
      "relative-json-pointer format",
      "iri format",
      "iri-reference format",
      "uri-reference format",
      "uri-template format",
      "duration format",
    ],
  },
  "RE2 knows Unicode classes by their short names alone: `\\p{L}`": {
    "pattern.json": ["pattern with Unicode property escape requires unicode mode"],
    "patternProperties.json": ["patternProperties with Unicode property escape"],
  },
  "`__proto__` is refused as a key of a policy": {
    "properties.json": ["properties whose names are Javascript object property names"],
  },
  "it names a dialect of its own by `$schema`; a policy has one": {
    "vocabulary.json": [
      "schema that uses custom metaschema with with no validation vocabulary",
      "ignore unrecognized optional vocabulary",
    ],
  },
};

/** Every group that is left out. Each of them must fail to build, so that nothing is left out that runs. */
export const OUTSIDE: readonly OutsideGroup[] = Object.entries(BY_REASON).flatMap(
  ([reason, files]) =>
    Object.entries(files).flatMap(([file, groups]) =>
      groups.map((group) => ({ file, group, reason })),
    ),
);
