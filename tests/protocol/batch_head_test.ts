import { assertEquals, assertThrows } from "@std/assert";
import {
  type BatchHead,
  batchHeadFields,
  contentIndices,
  decodeBatchHead,
  sha256At,
} from "../../lib/protocol/batch_head.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import type { JsonObject } from "../../lib/protocol/json.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

const HASHES = ["a".repeat(64), "b".repeat(64)];
const HEAD: BatchHead = {
  same: [0],
  alone: [2],
  sizes: [5, LIMITS.batchFileBytes],
  mtimes: [-1, 7],
  sha256: HASHES.join(""),
};
const FILES = 4;

function assertRefused(changed: JsonObject, files = FILES): void {
  assertThrows(() => decodeBatchHead({ ...HEAD, ...changed }, files), RequestError, "Cannot");
}

Deno.test("decodeBatchHead: reads what batchHeadFields wrote", () => {
  assertEquals(decodeBatchHead(batchHeadFields(HEAD), FILES), HEAD);
  const none = { ...HEAD, same: [], alone: [] };
  assertEquals(decodeBatchHead(batchHeadFields(none), 2), none);
  assertEquals(Object.keys(batchHeadFields(none)), ["sizes", "mtimes", "sha256"]);
});

Deno.test("contentIndices, sha256At: tell which file each content is", () => {
  assertEquals(contentIndices(FILES, HEAD), [1, 3]);
  assertEquals([0, 1].map((i) => sha256At(HEAD.sha256, i)), HASHES);
});

Deno.test("decodeBatchHead: refuses a head that does not tell of each file once", () => {
  assertRefused({}, FILES - 1);
  assertRefused({}, FILES + 1);
  assertRefused({ same: [2] });
  assertRefused({ same: [0, 0], alone: [] });
  assertRefused({ same: [FILES] });
  assertRefused({ same: [-1] });
  assertRefused({ same: [0.5] });
  assertRefused({ same: "0" });
});

Deno.test("decodeBatchHead: refuses lists that do not belong together, and wrong values", () => {
  assertRefused({ mtimes: [1] });
  assertRefused({ mtimes: [1, 2 ** 60] });
  assertRefused({ sha256: HASHES[0] });
  assertRefused({ sha256: "g".repeat(128) });
  assertRefused({ sha256: 1 });
  assertRefused({ sizes: [5, -1] });
});

Deno.test("decodeBatchHead: refuses sizes beyond the limits, and takes those at the limit", () => {
  assertRefused({ sizes: [5, LIMITS.batchFileBytes + 1] });
  const full = Math.floor(LIMITS.batchBytes / LIMITS.batchFileBytes);
  const last = LIMITS.batchBytes - full * LIMITS.batchFileBytes;
  for (const [more, isTaken] of [[-1, true], [0, true], [1, false]] as const) {
    const sizes = [...new Array(full).fill(LIMITS.batchFileBytes), last + more];
    const head = { sizes, mtimes: sizes, sha256: "0".repeat(64 * sizes.length) };
    if (isTaken) assertEquals(decodeBatchHead(head, sizes.length).sizes, sizes);
    else assertThrows(() => decodeBatchHead(head, sizes.length), RequestError);
  }
});
