import { assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { decodeObject } from "../../lib/protocol/json.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { decodeRequest } from "../../lib/protocol/requests.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

const SHA256 = "0123456789abcdef".repeat(4);

function read(members: Record<string, unknown>) {
  return decodeRequest("MGET", decodeObject(bytesOf(JSON.stringify({ id: 1, ...members }))));
}

function assertRefused(members: Record<string, unknown>, code = "bad-request"): void {
  const error = assertThrows(() => read(members), RequestError);
  assertEquals(error.code, code, JSON.stringify(members));
}

function names(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i}`).join("\n");
}

Deno.test("decodeRequest: reads the paths of MGET below its folder", () => {
  assertEquals(read({ path: "a", names: "b\nc/d" }), {
    type: "MGET",
    paths: ["a/b", "a/c/d"],
    have: [null, null],
    compare: false,
  });
  assertEquals(read({ path: "", names: "e\u0301" }).paths, ["\u00e9"]);
});

Deno.test("decodeRequest: reads what the client of MGET has", () => {
  const { have, compare } = read({
    path: "a",
    names: "b\nc\nd",
    have: `\n${SHA256.toUpperCase()}\n`,
    compare: true,
  });
  assertEquals([have, compare], [[null, SHA256, null], true]);
});

Deno.test("decodeRequest: takes MGET for as many files as the limit allows", () => {
  for (const count of [LIMITS.batchFiles - 1, LIMITS.batchFiles]) {
    assertEquals(read({ path: "", names: names(count) }).paths.length, count);
  }
  assertRefused({ path: "", names: names(LIMITS.batchFiles + 1) });
});

Deno.test("decodeRequest: refuses MGET with malformed members", () => {
  assertRefused({ path: "a" });
  assertRefused({ path: "a", names: ["b"] });
  assertRefused({ path: 1, names: "b" });
  assertRefused({ path: "a", names: "b", compare: 1 });
  for (const have of [SHA256.slice(1), `${SHA256}0`, `${SHA256}\n`, "g".repeat(64), 1]) {
    assertRefused({ path: "a", names: "b", have });
  }
});

Deno.test("decodeRequest: refuses MGET for a path that is not allowed", () => {
  for (const name of ["", "..", "b\n", "b//c", "/b", ".tcp-chat/x", "b\n../c"]) {
    assertRefused({ path: "a", names: name }, "bad-path");
  }
});

const ONE = { path: "a", names: "b", sizes: [1], mtimes: [-5], sha256: SHA256 };

function readUpload(members: Record<string, unknown>) {
  return decodeRequest("MPUT", decodeObject(bytesOf(JSON.stringify({ id: 1, ...members }))));
}

function assertUploadRefused(changed: Record<string, unknown>, code = "bad-request"): void {
  const error = assertThrows(() => readUpload({ ...ONE, ...changed }), RequestError);
  assertEquals(error.code, code, JSON.stringify(changed));
}

Deno.test("decodeRequest: reads all members of MPUT", () => {
  const upload = { type: "MPUT", paths: ["a/b"], sizes: [1], mtimes: [-5], sha256: SHA256 };
  assertEquals(readUpload({ ...ONE, sha256: SHA256.toUpperCase() }), {
    ...upload,
    exec: [],
    replace: false,
    room: null,
  } as ReturnType<typeof readUpload>);
  const { replace, room, exec } = readUpload({ ...ONE, replace: true, room: "lobby", exec: [0] });
  assertEquals([replace, room, exec], [true, "lobby", [0]]);
});

Deno.test("decodeRequest: refuses MPUT that does not tell of each file once", () => {
  for (const sizes of [[], [1, 2], [-1], [1.5], ["1"], "1", null]) assertUploadRefused({ sizes });
  for (const mtimes of [[], [1, 2], [8.64e15 + 1], [1.5], null]) assertUploadRefused({ mtimes });
  for (const sha256 of [SHA256.slice(1), `${SHA256}0`, "g".repeat(64), 1, null]) {
    assertUploadRefused({ sha256 });
  }
  for (const exec of [[1], [-1], ["0"], 0]) assertUploadRefused({ exec });
  assertUploadRefused({ replace: 1 });
  assertUploadRefused({ room: 1 });
  assertUploadRefused({ names: "../b" }, "bad-path");
});

Deno.test("decodeRequest: takes MPUT up to the limits of a batch", () => {
  for (const [size, isTaken] of [[-1, true], [0, true], [1, false]] as const) {
    const sizes = [LIMITS.batchFileBytes + size];
    if (isTaken) assertEquals(readUpload({ ...ONE, sizes }).sizes, sizes);
    else assertUploadRefused({ sizes });
  }
  const full = Math.floor(LIMITS.batchBytes / LIMITS.batchFileBytes);
  const rest = LIMITS.batchBytes - full * LIMITS.batchFileBytes;
  for (const [more, isTaken] of [[-1, true], [0, true], [1, false]] as const) {
    const sizes = [...new Array(full).fill(LIMITS.batchFileBytes), rest + more];
    const members = {
      names: names(full + 1),
      sizes,
      mtimes: sizes.map(() => 0),
      sha256: SHA256.repeat(full + 1),
    };
    if (isTaken) assertEquals(readUpload({ ...ONE, ...members }).paths.length, full + 1);
    else assertUploadRefused(members);
  }
});
