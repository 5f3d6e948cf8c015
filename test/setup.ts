import fc from "fast-check";

// The same cases in each run: a test that fails must fail for whoever changed something, not for whoever came next.
// `FAST_CHECK_SEED` tries others.
fc.configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 20_261_122) });
