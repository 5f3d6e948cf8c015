import { type Attack, attack } from "./attack.ts";
import { base64, sealed, signatureOf, utf8 } from "./forge.ts";
import { bundle, envelope, host, payload } from "./host.ts";

/** Attacks on how it is written: one signature, two readers, two meanings. */
export const encodingAttacks: readonly Attack[] = [
  attack(22, "base64 lacks its padding or uses the other alphabet", async () => {
    const honest = await envelope();
    const unpadded = { ...honest, payload: honest.payload.replace(/=+$/, "") };
    // A payload whose base64 needs padding and holds both digits that differ.
    const text = payload({ change: "??>>~~" });
    const padded = text.length % 3 === 0 ? `${text} ` : text;
    const special = await envelope(padded);
    const url = special.payload.replaceAll("+", "-").replaceAll("/", "_");
    const subject = await host();
    const noPadding = { ...special, payload: special.payload.replace(/=+$/, "") };
    for (const forged of [noPadding, { ...special, payload: url }]) {
      await subject.refuses(sealed(forged), "ERR_BUNDLE_ENCODING", /payload is not canonical/);
    }
    const sig = signatureOf(unpadded, 0);
    sig.sig = sig.sig.replace(/=+$/, "");
    await subject.refuses(sealed(unpadded), "ERR_BUNDLE_ENCODING", /is not canonical/);
  }),
  attack(23, "white space stands in the base64", async () => {
    for (const space of [" ", "\n", "\t", "\r\n\r\n"]) {
      const forged = await envelope();
      forged.payload = `${forged.payload.slice(0, 8)}${space}${forged.payload.slice(8)}`;
      await (await host()).refuses(sealed(forged), "ERR_BUNDLE_ENCODING", /not canonical/);
    }
    const forged = await envelope();
    const signature = signatureOf(forged, 0);
    signature.sig = `${signature.sig}    `;
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_ENCODING", /signatures\[0\]\.sig/);
  }),
  attack(24, "the spare bits of the last digit are not zero", async () => {
    const forged = await envelope();
    const signature = signatureOf(forged, 0);
    // 64 bytes leave four spare bits in the digit before "==".
    const last = signature.sig.charAt(signature.sig.length - 3);
    const other = { A: "B", Q: "R", g: "h", w: "x" }[last];
    signature.sig = `${signature.sig.slice(0, -3)}${other}==`;
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_ENCODING", /signatures\[0\]\.sig/);
  }),
  attack(25, "a key stands twice in the envelope", async () => {
    const text = JSON.stringify(await envelope());
    const twice = utf8(text.replace("{", '{"payload":"e30=",'));
    await (await host()).refuses(twice, "ERR_BUNDLE_DUPLICATE_KEY", /twice/);
  }),
  attack(26, "a key stands twice in the signed payload", async () => {
    const twice = payload().replace('"format":1,', '"format":1,"version":9,');
    await (await host()).refuses(await bundle(twice), "ERR_BUNDLE_DUPLICATE_KEY", /twice/);
  }),
  attack(27, "a key stands twice, once written with an escape", async () => {
    const twice = payload().replace('"format":1,', '"format":1,"\\u0076ersion":9,');
    await (await host()).refuses(await bundle(twice), "ERR_BUNDLE_DUPLICATE_KEY", /twice/);
  }),
  attack(28, "__proto__ is a key", async () => {
    const subject = await host();
    const outside = JSON.stringify(await envelope()).replace("{", '{"__proto__":{"a":1},');
    await subject.refuses(utf8(outside), "ERR_BUNDLE_FORMAT", /__proto__/);
    for (const written of ["__proto__", "\\u005f_proto__"]) {
      const inside = payload().replace('"facts":{', `"facts":{"${written}":{"a":1},`);
      await subject.refuses(await bundle(inside), "ERR_BUNDLE_FORMAT", /__proto__/);
    }
  }),
  attack(29, "the payload is not UTF-8", async () => {
    // A stray byte, an overlong slash, half of a surrogate pair, beyond U+10FFFF, a cut sequence.
    const faults = [
      [0xff],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x82],
    ];
    for (const fault of faults) {
      const [before = "", after = ""] = payload().split("CHG-1");
      const bytes = new Uint8Array(
        Buffer.concat([utf8(before), Uint8Array.from(fault), utf8(after)]),
      );
      await (await host()).refuses(await bundle(bytes), "ERR_BUNDLE_ENCODING", /UTF-8/);
    }
  }),
  attack(30, "a byte order mark stands before the document", async () => {
    const subject = await host();
    const marked = new Uint8Array(Buffer.concat([Uint8Array.of(0xef, 0xbb, 0xbf), await bundle()]));
    await subject.refuses(marked, "ERR_BUNDLE_ENCODING", /byte order mark/);
    await subject.refuses(
      await bundle(`\u{feff}${payload()}`),
      "ERR_BUNDLE_ENCODING",
      /byte order mark/,
    );
  }),
  attack(31, "the document is nested without end", async () => {
    const subject = await host();
    const bomb = (depth: number, open: string, close: string): string =>
      `${open.repeat(depth)}1${close.repeat(depth)}`;
    await subject.refuses(utf8(bomb(5_000_000, "[", "]")), "ERR_BUNDLE_TOO_LARGE", /deeper than 8/);
    await subject.refuses(utf8("[".repeat(5_000_000)), "ERR_BUNDLE_TOO_LARGE", /deeper than 8/);
    for (const facts of [bomb(2_000_000, "[", "]"), bomb(500, '{"a":', "}")]) {
      const deep = payload().replace('{"desk":"emea"}', facts);
      await subject.refuses(await bundle(deep), "ERR_BUNDLE_TOO_LARGE", /deeper than 320/);
    }
  }),
  attack(32, "the envelope is larger than 12 MiB", async () => {
    const text = JSON.stringify(await envelope());
    const padded = utf8(text.padEnd(12 * 1_048_576 + 1));
    await (await host()).refuses(padded, "ERR_BUNDLE_TOO_LARGE", /document has 12582913 bytes/);
  }),
  attack(33, "the payload is larger than 8 MiB", async () => {
    const padded = payload().padEnd(8 * 1_048_576 + 1);
    await (
      await host()
    ).refuses(await bundle(padded), "ERR_BUNDLE_TOO_LARGE", /payload has 8388609 bytes/);
  }),
  attack(34, "an integer is larger than 2^53−1", async () => {
    for (const number of [
      "9007199254740992",
      "-9007199254740993",
      "9223372036854775807",
      "1e400",
    ]) {
      const text = payload().replace('"version":7', `"version":${number}`);
      await (await host()).refuses(await bundle(text), "ERR_BUNDLE_FORMAT", /2\^53/);
    }
  }),
  attack(35, "the version is no integer of at least 1", async () => {
    for (const version of ["7", -7, 7.5, 0, null, [7], true]) {
      const text = payload({ version });
      await (await host()).refuses(await bundle(text), "ERR_BUNDLE_VERSION", /payload\.version/);
    }
  }),
  attack(36, "a second document follows the first", async () => {
    const subject = await host();
    const text = JSON.stringify(await envelope());
    await subject.refuses(utf8(`${text}${text}`), "ERR_BUNDLE_FORMAT", /not one JSON value/);
    await subject.refuses(utf8(`${text}\0`), "ERR_BUNDLE_FORMAT", /not one JSON value/);
    await subject.refuses(
      await bundle(`${payload()}{}`),
      "ERR_BUNDLE_FORMAT",
      /not one JSON value/,
    );
  }),
  attack(84, "a text holds half of a surrogate pair", async () => {
    const text = payload({ change: "CHG-X" }).replace("CHG-X", "\\ud800");
    await (await host()).refuses(await bundle(text), "ERR_BUNDLE_ENCODING", /surrogate/);
  }),
  attack(85, "the document is JSON only to a lenient reader", async () => {
    const subject = await host();
    const lenient = [
      "",
      " ",
      "null",
      "[]",
      '"text"',
      "{'a':1}",
      '{"a":1,}',
      "// no\n{}",
      "NaN",
      "{",
    ];
    for (const text of lenient) {
      await subject.refuses(utf8(text), "ERR_BUNDLE_FORMAT", /JSON value|expected an object/);
      await subject.refuses(
        await bundle(text),
        "ERR_BUNDLE_FORMAT",
        /JSON value|expected an object/,
      );
    }
  }),
  attack(86, "the fields of the envelope have other types", async () => {
    const subject = await host();
    const honest = await envelope();
    const wrong = [
      { ...honest, payload: [honest.payload] },
      { ...honest, payloadType: [honest.payloadType] },
      { ...honest, signatures: { 0: signatureOf(honest, 0), length: 1 } },
      { ...honest, signatures: [null] },
      { ...honest, signatures: [{ sig: signatureOf(honest, 0).sig }] },
      { ...honest, signatures: [{ keyid: 7, sig: signatureOf(honest, 0).sig }] },
    ];
    for (const forged of wrong) {
      const bytes = utf8(JSON.stringify(forged));
      await subject.refuses(bytes, "ERR_BUNDLE_FORMAT", /envelope\.(payload|signatures)/);
    }
  }),
  attack(87, "the bundle is compressed", async () => {
    const stream = new Blob([await bundle()]).stream().pipeThrough(new CompressionStream("gzip"));
    const gzip = new Uint8Array(await new Response(stream).arrayBuffer());
    await (await host()).refuses(gzip, "ERR_BUNDLE_ENCODING", /UTF-8/);
    const forged = await envelope();
    forged.payload = base64(gzip);
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_SIGNATURE", /does not fit/);
  }),
];
