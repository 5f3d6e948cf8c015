/** A JSON value, as it appears in snapshots, records and bundles. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. Snapshots give it a null prototype, so that a name is found only where it is an own property. */
export interface JsonObject {
  readonly [key: string]: Json;
}
