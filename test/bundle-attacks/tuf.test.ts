import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requirement } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { citedIds } from "../citations.ts";
import { ROOT } from "../tasks/child.ts";

/** The tests of tuf-conformance that TUF.md must answer, by file. */
const TESTS = `
test_snapshot_does_not_meet_threshold test_snapshot_has_too_few_keys test_duplicate_keys test_duplicate_sig_keyids
test_keytype_and_scheme test_invalid_sig_in_valid_metadata test_root_rotation test_non_root_rotations
test_new_timestamp_version_rollback test_snapshot_rollback test_targets_role_removal test_targets_fast_forward_recovery
test_new_snapshot_fast_forward_recovery test_new_timestamp_fast_forward_recovery test_targets_rollback
test_root_expired test_timestamp_expired test_snapshot_expired test_targets_expired test_expired_local_root
test_expired_local_timestamp test_basic_refresh_requests test_basic_refresh_trusted_data test_implicit_refresh
test_invalid_initial_root test_unsigned_initial_root test_unsigned_metadata test_url_and_metadata_version_mismatch
test_timestamp_content_changes test_basic_metadata_hash_support test_targets_hash_mismatch
test_snapshot_hash_mismatch test_metadata_bytes_match test_custom_fields test_deprecated_keyid_hash_algorithms
test_snapshot_404 test_targets_404 test_timestamp_404 test_incorrect_metadata_type test_faketime test_unusual_role_name
`
  .trim()
  .split(/\s+/);

const inOrder = (a: string, b: string): number => a.localeCompare(b, "en");

describe("TUF.md", () => {
  const text = readFile(join(ROOT, "test/bundle-attacks/TUF.md"), "utf8");

  it("answers each test of tuf-conformance once", async () => {
    const listed = [...(await text).matchAll(/^\| `(test_\w+)`/gm)].map(([, name = ""]) => name);
    expect(listed.toSorted(inOrder)).toEqual(TESTS.toSorted(inOrder));
  });

  it("names requirements that there are, and that a test cites", async () => {
    const cited = await citedIds();
    const ids = [...(await text).matchAll(/`((?:bundle|status)\.[\w.]+)`/g)].map(
      ([, id]) => id ?? "",
    );
    expect(ids.length).toBeGreaterThan(40);
    expect(ids.filter((id) => requirement(id) === undefined || !cited.has(id))).toEqual([]);
  });
});
