import { type Attack, attack } from "./attack.ts";
import { bundle, host, NOW, payload, policy } from "./host.ts";

const SECOND = 1_000;

/** Attacks with a bundle that is honestly signed, but not for this host, or not for now. */
export const purposeAttacks: readonly Attack[] = [
  attack(37, "a bundle for staging reaches production", async () => {
    const text = payload({ audience: ["staging"] });
    await (await host()).refuses(await bundle(text), "ERR_BUNDLE_AUDIENCE", /this host is prod/);
  }),
  attack(38, "the bundle names no audience", async () => {
    const subject = await host();
    const missing = await bundle(payload({ audience: undefined }));
    await subject.refuses(missing, "ERR_BUNDLE_AUDIENCE", /audience: is missing/);
    for (const audience of [[], "prod", null, [["prod"]], { 0: "prod" }]) {
      const bytes = await bundle(payload({ audience }));
      await subject.refuses(bytes, "ERR_BUNDLE_AUDIENCE", /payload\.audience/);
    }
  }),
  attack(39, "the audience is everybody", async () => {
    const subject = await host();
    for (const audience of [["*"], ["prod", "*"], ["prod*"]]) {
      const bytes = await bundle(payload({ audience }));
      await subject.refuses(bytes, "ERR_BUNDLE_AUDIENCE", /is not a name/);
    }
  }),
  attack(40, "the bundle is of another stream", async () => {
    const text = payload({ id: "acme-support-eu" });
    await (await host()).refuses(await bundle(text), "ERR_BUNDLE_STREAM", /acme-support is wanted/);
  }),
  attack(41, "the bundle has ended", async () => {
    const text = payload({ expires: "2026-06-15T11:59:59Z" });
    await (await host()).refuses(await bundle(text), "ERR_BUNDLE_EXPIRED", /ended 2026-06-15/);
  }),
  attack(42, "the bundle has not begun", async () => {
    const text = payload({ notBefore: "2026-06-15T13:00:00Z" });
    await (
      await host()
    ).refuses(await bundle(text), "ERR_BUNDLE_NOT_YET_VALID", /begins 2026-06-15/);
  }),
  attack(43, "the bundle ends before it begins, or when it begins", async () => {
    for (const expires of ["2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z"]) {
      const bytes = await bundle(payload({ expires }));
      await (await host()).refuses(bytes, "ERR_BUNDLE_DATES", /ends before it begins/);
    }
  }),
  attack(44, "the bundle never ends", async () => {
    const subject = await host();
    const missing = await bundle(payload({ expires: undefined }));
    await subject.refuses(missing, "ERR_BUNDLE_DATES", /expires: is missing/);
    for (const expires of [null, "", "never", "9999-12-31T23:59:59Z"]) {
      const bytes = await bundle(payload({ expires }));
      await subject.refuses(bytes, "ERR_BUNDLE_DATES", /expires|lives longer than 30 days/);
    }
  }),
  attack(45, "a date is written so that readers differ", async () => {
    const lax = [
      "2026-07-01",
      "2026-07-01T00:00:00",
      "2026-07-01T00:00:00+00:00",
      "2026-07-01t00:00:00z",
      "2026-07-01 00:00:00Z",
      "2026-07-01T00:00:00.000Z",
      "2026-7-1T0:0:0Z",
      "+002026-07-01T00:00:00Z",
      "+012026-07-01T00:00:00Z",
      "2026-06-31T00:00:00Z",
      "2026-06-30T24:00:00Z",
      "2026-06-30T23:59:60Z",
      "Wed, 01 Jul 2026 00:00:00 GMT",
      "1782864000",
      1_782_864_000,
      " 2026-07-01T00:00:00Z",
      "2026-07-01T00:00:00Z\n",
      "２０２６-07-01T00:00:00Z",
    ];
    for (const expires of lax) {
      const bytes = await bundle(payload({ expires }));
      await (await host()).refuses(bytes, "ERR_BUNDLE_DATES", /expected YYYY-MM-DDThh:mm:ssZ/);
    }
  }),
  attack(46, "the clock is at the edge of the skew that is allowed", async () => {
    const text = payload({ notBefore: "2026-06-15T12:00:00Z", expires: "2026-06-16T12:00:00Z" });
    const bytes = await bundle(text);
    const subject = await host();
    await subject.refuses(bytes, "ERR_BUNDLE_NOT_YET_VALID", /begins/, {
      now: NOW - 60 * SECOND - 1,
    });
    await subject.load(bytes, { now: NOW - 60 * SECOND });
    // The end has no skew: never an expired bundle.
    await subject.load(bytes, { now: NOW + 86_400 * SECOND - 1 });
    await subject.refuses(bytes, "ERR_BUNDLE_EXPIRED", /ended/, { now: NOW + 86_400 * SECOND });
  }),
  attack(60, "the policy needs newer semantics than this run time has", async () => {
    const subject = await host();
    const newer = await bundle(payload({ engine: 9, policy: { ...policy(), engine: 9 } }));
    await subject.refuses(newer, "ERR_BUNDLE_ENGINE", /needs semantics 9/);
    const hidden = await bundle(payload({ policy: { ...policy(), engine: 9 } }));
    await subject.refuses(hidden, "ERR_BUNDLE_ENGINE", /needs semantics 9/);
    const claimed = await bundle(payload({ engine: 9 }));
    await subject.refuses(claimed, "ERR_BUNDLE_ENGINE", /bundle needs semantics 9/);
  }),
  attack(61, "there is a field that nobody knows", async () => {
    const subject = await host();
    const bytes = await bundle(payload({ priority: 1 }));
    await subject.refuses(bytes, "ERR_BUNDLE_UNKNOWN_FIELD", /payload: .*"priority"/);
    const inner = await bundle(payload({ compiler: { version: "0.1.0", flags: [] } }));
    await subject.refuses(inner, "ERR_BUNDLE_UNKNOWN_FIELD", /payload\.compiler: .*"flags"/);
  }),
  attack(88, "the bundle lives longer than a month", async () => {
    const subject = await host();
    const month = { notBefore: "2026-06-10T00:00:00Z", expires: "2026-07-10T00:00:00Z" };
    await subject.load(await bundle(payload(month)));
    const longer = await bundle(payload({ ...month, expires: "2026-07-10T00:00:01Z", version: 8 }));
    await subject.refuses(longer, "ERR_BUNDLE_DATES", /longer than 30 days/);
    await subject.load(longer, { maxLifetimeDays: 31 });
  }),
  attack(89, "the policy only watches, and the host did not ask for that", async () => {
    const text = payload({ policy: { ...policy(), mode: "shadow" } });
    await (await host()).refuses(await bundle(text), "ERR_BUNDLE_MODE", /mode: shadow/);
  }),
  attack(90, "the format is another one", async () => {
    for (const format of [0, 2, "1", undefined]) {
      const bytes = await bundle(payload({ format }));
      await (await host()).refuses(bytes, "ERR_BUNDLE_FORMAT", /payload\.format/);
    }
  }),
  attack(91, "the clock of the host is no number", async () => {
    const bytes = await bundle();
    for (const now of [Number.NaN, Number.POSITIVE_INFINITY]) {
      await (await host()).refuses(bytes, "ERR_OPTIONS", /now/, { now });
    }
  }),
];
