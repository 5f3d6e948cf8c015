/** 0001-01-01T00:00:00Z, the first instant, in epoch milliseconds. */
export const TIMESTAMP_MIN_MS = -62_135_596_800_000;
/** 9999-12-31T23:59:59.999Z, the last instant, in epoch milliseconds. */
export const TIMESTAMP_MAX_MS = 253_402_300_799_999;
/** The longest length of time either way, in milliseconds: 2^63 nanoseconds or about 292 years, as in CEL. */
export const DURATION_LIMIT_MS = 9_223_372_036_854;
