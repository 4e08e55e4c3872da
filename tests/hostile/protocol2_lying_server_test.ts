import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { ConnectionError, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { runProtocol2HostileServer } from "../helpers/protocol2_hostile_server.ts";
import { dataFrames, type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { goodFile, headOf, nextRequest } from "../helpers/protocol2_scripted_server.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const MIB = 1024 * 1024;
const CONTENT = patternedBytes(300_000);
const SHA256 = sha256Of(CONTENT);

/** A correct FMET, except for the members in `lies`. */
const head = (request: Json, lies: Json = {}) =>
  jsonFrame("FMET", { ...headOf(CONTENT, request), ...lies });
const end = ({ id }: Json, sha256 = SHA256) => jsonFrame("FEND", { id, sha256 });

Deno.test("protocol 2 lying server: the client reports a wrong hash as integrity, and stays connected", async () => {
  const { error, files, dataConnections } = await runProtocol2HostileServer((peer, request) =>
    peer.raw.send(head(request), ...dataFrames(CONTENT), end(request, sha256Of("another")))
  );
  assertInstanceOf(error, RequestError);
  assertEquals([error.code, files, dataConnections], ["integrity", [], 1]);
});

Deno.test("protocol 2 lying server: the client reports a single wrong byte as integrity", async () => {
  for (const position of [0, 150_000, 299_999]) {
    const content = CONTENT.with(position, CONTENT[position]! ^ 1);
    const { error, files } = await runProtocol2HostileServer((peer, request) =>
      peer.raw.send(head(request), ...dataFrames(content), end(request))
    );
    assertEquals([error.code, files], ["integrity", []]);
  }
});

Deno.test("protocol 2 lying server: the client reports a wrong hash of an empty file as integrity", async () => {
  const { error, files } = await runProtocol2HostileServer((peer, request) =>
    peer.raw.send(head(request, { size: 0 }), end(request))
  );
  assertEquals([error.code, files], ["integrity", []]);
});

Deno.test("protocol 2 lying server: the client reports fewer bytes than announced as integrity", async () => {
  for (const size of [CONTENT.length + 1, 2 ** 53 - 1]) {
    const { error, files } = await runProtocol2HostileServer((peer, request) =>
      peer.raw.send(head(request, { size }), ...dataFrames(CONTENT), end(request))
    );
    assertEquals([error.code, files], ["integrity", []]);
  }
});

Deno.test("protocol 2 lying server: the client reports a file without the wanted hash as integrity", async () => {
  const wanted = sha256Of("wanted");
  // The server sends the real hash in FMET or in FEND, or claims the wanted hash
  const answers: Array<(request: Json) => Uint8Array[]> = [
    (request) => [head(request, { sha256: SHA256 }), ...dataFrames(CONTENT), end(request)],
    (request) => [head(request), ...dataFrames(CONTENT), end(request)],
    (request) => [head(request, { sha256: wanted }), ...dataFrames(CONTENT), end(request, wanted)],
  ];
  for (const answer of answers) {
    const { error, files } = await runProtocol2HostileServer(
      (peer, request) => peer.raw.send(...answer(request)),
      { sha256: wanted },
    );
    assertInstanceOf(error, RequestError);
    assertEquals([error.code, files], ["integrity", []]);
  }
});

Deno.test("protocol 2 lying server: the client ends the download with the code of FAIL, and stays connected", async () => {
  for (const frames of [0, 1, 2, 4]) {
    for (const code of ["changed", "internal", "shutting-down"]) {
      const { error, dataConnections } = await runProtocol2HostileServer(async (peer, request) => {
        await peer.raw.send(...goodFile(CONTENT, request).slice(0, frames));
        await peer.send("FAIL", { id: request.id, code, message: "It is so" });
      });
      assertInstanceOf(error, RequestError);
      assertEquals([error.code, error.message, error.isFromPeer], [code, "It is so", true]);
      assertEquals(dataConnections, 1);
    }
  }
});

Deno.test("protocol 2 lying server: the client reads FAIL with an unknown or missing code as internal", async () => {
  for (const lies of [{ code: "x-files" }, { code: "__proto__" }, { code: "" }, {}]) {
    const { error } = await runProtocol2HostileServer((peer, { id }) =>
      peer.send("FAIL", { id, ...lies })
    );
    assertInstanceOf(error, RequestError);
    assertEquals(error.code, "internal");
  }
});

Deno.test("protocol 2 lying server: the client removes control characters from the message of FAIL", async () => {
  const message = "\x1b[2J\x1b]0;owned\x07no\0 such\r\nfile\u202e";
  const { error } = await runProtocol2HostileServer((peer, { id }) =>
    peer.send("FAIL", { id, code: "not-found", message })
  );
  assertEquals(error.message, "[2J]0;ownedno such file");
});

/** Invalid answers, and the code of the error with which the client closes. */
const VIOLATIONS: Record<string, [code: string, answer: (request: Json) => Uint8Array[]]> = {
  "an offset that was not asked for": [
    "bad-sequence",
    (request) => [head(request, { offset: 1_000 }), ...dataFrames(CONTENT.subarray(1_000))],
  ],
  "data without FMET": ["bad-sequence", () => dataFrames(CONTENT)],
  "compressed data without FMET": [
    "bad-sequence",
    () => [rawFrame("FZST", new Uint8Array(zstdCompressSync("data")))],
  ],
  "FEND without FMET": ["bad-sequence", (request) => [end(request)]],
  "FMET twice": ["bad-sequence", (request) => [head(request), head(request)]],
  "FMET among the data": [
    "bad-sequence",
    (request) => [head(request), dataFrames(CONTENT)[0]!, head(request)],
  ],
  "FMET of another download": ["bad-sequence", (request) => [head(request, { id: 99 })]],
  "FEND of another download": [
    "bad-sequence",
    (request) => [head(request), ...dataFrames(CONTENT), end({ id: 99 })],
  ],
  "more data than announced": [
    "bad-sequence",
    (request) => [head(request), ...dataFrames(CONTENT), ...dataFrames("x")],
  ],
  "data of an empty file": [
    "bad-sequence",
    (request) => [head(request, { size: 0 }), ...dataFrames("x")],
  ],
  "more compressed data than announced": [
    "bad-sequence",
    (request) => [
      head(request, { size: 10 }),
      rawFrame("FZST", new Uint8Array(zstdCompressSync("01234567890"))),
    ],
  ],
  "a zstd frame that inflates to more than a data frame may hold": [
    "bad-frame",
    (request) => [
      head(request, { size: 2 ** 40 }),
      rawFrame("FZST", new Uint8Array(zstdCompressSync(new Uint8Array(MIB + 1)))),
    ],
  ],
  "an invalid zstd frame": [
    "bad-frame",
    (request) => [head(request), rawFrame("FZST", patternedBytes(1_000))],
  ],
  "a data frame above the limit": [
    "too-large",
    (request) => [head(request), rawFrame("FDAT", "", BigInt(MIB) + 1n)],
  ],
  "a data frame of 2^63 bytes": [
    "too-large",
    (request) => [head(request), rawFrame("FDAT", "", 2n ** 63n)],
  ],
  "FMET above the limit": ["too-large", () => [rawFrame("FMET", "", 65_537n)]],
  "EVNT of 2^64 - 1 bytes": ["too-large", () => [rawFrame("EVNT", "", 2n ** 64n - 1n)]],
  "FMET that is not JSON": ["bad-json", () => [rawFrame("FMET", "{")]],
  "an empty FMET": ["bad-json", () => [rawFrame("FMET")]],
  "FMET that is not UTF-8": ["bad-json", () => [rawFrame("FMET", Uint8Array.of(0x22, 0xff, 0x22))]],
  "FMET that is a list": ["bad-frame", () => [rawFrame("FMET", "[]")]],
  "FMET without an id": ["bad-frame", (request) => [head(request, { id: undefined })]],
  "FMET with an id in quotes": ["bad-frame", ({ id }) => [head({ id: String(id) })]],
  "FMET without a size": ["bad-frame", (request) => [head(request, { size: undefined })]],
  "FMET of -1 bytes": ["bad-frame", (request) => [head(request, { size: -1 })]],
  "FMET of 1.5 bytes": ["bad-frame", (request) => [head(request, { size: 1.5 })]],
  "FMET of 2^53 bytes": ["bad-frame", (request) => [head(request, { size: 2 ** 53 })]],
  "FMET with a size in quotes": ["bad-frame", (request) => [head(request, { size: "5" })]],
  "FMET without a version": ["bad-frame", (request) => [head(request, { version: undefined })]],
  "FMET with an offset beyond the end": [
    "bad-frame",
    (request) => [head(request, { offset: CONTENT.length + 1 })],
  ],
  "FMET with an offset of -1": ["bad-frame", (request) => [head(request, { offset: -1 })]],
  "FMET with half a hash": ["bad-frame", (request) => [head(request, { sha256: "0".repeat(32) })]],
  "FMET with a string as mtime": ["bad-frame", (request) => [head(request, { mtime: "now" })]],
  "FEND without a hash": [
    "bad-frame",
    (request) => [head(request), ...dataFrames(CONTENT), jsonFrame("FEND", { id: request.id })],
  ],
  "FAIL with an id of 0": ["bad-frame", () => [jsonFrame("FAIL", { id: 0, code: "internal" })]],
};

for (const [what, [code, answer]] of Object.entries(VIOLATIONS)) {
  Deno.test(`protocol 2 lying server: the client closes the data connection with ${code} on ${what}`, async () => {
    const { error, dataConnections } = await runProtocol2HostileServer(async (peer, request) => {
      await peer.raw.send(...answer(request));
      await peer.raw.ended(); // The client closes first
    });
    assertInstanceOf(error, ProtocolError);
    assertEquals(error.code, code);
    assert(error.message.startsWith("Cannot "), error.message);
    assertEquals(dataConnections, 2);
  });
}

Deno.test("protocol 2 lying server: the client closes with bad-sequence on data without end", async () => {
  const { error } = await runProtocol2HostileServer(async (peer, request) => {
    await peer.raw.send(head(request));
    const frames = dataFrames(CONTENT);
    for (;;) await peer.raw.send(...frames);
  });
  assertInstanceOf(error, ProtocolError);
  assertEquals(error.code, "bad-sequence");
});

Deno.test("protocol 2 lying server: the client reports the message of FAIL without an id as rejected", async () => {
  const { error, dataConnections } = await runProtocol2HostileServer(async (peer) => {
    const message = "\x1bYou talk\nnonsense";
    await peer.send("FAIL", { id: null, code: "bad-request", message });
    peer.raw.close();
  });
  assertInstanceOf(error, ConnectionError);
  assertEquals([error.code, error.message], ["rejected", "You talk nonsense"]);
  assertEquals(dataConnections, 2);
});

Deno.test("protocol 2 lying server: the client reports lost if the server closes after any frame", async () => {
  for (const frames of [0, 1, 2, 5]) {
    const { error, files } = await runProtocol2HostileServer(async (peer, request) => {
      await peer.raw.send(...goodFile(CONTENT, request).slice(0, frames));
      peer.raw.close();
    });
    assertInstanceOf(error, ConnectionError);
    assertEquals(error.code, "lost");
    assertEquals(
      files,
      frames < 2 ? [] : [".tcp-chat/file.bin.part", ".tcp-chat/file.bin.part.version"],
    );
  }
});

Deno.test("protocol 2 lying server: the client ignores unrequested answers, unknown events and unknown types", async () => {
  const { error, dataConnections } = await runProtocol2HostileServer(
    async (peer: Protocol2Peer, request) => {
      for (const type of ["DONE", "REDY", "FAIL", "AUTH", "PONG", "XXXX"]) {
        await peer.send(type, { id: 99, code: "internal", offset: 0 });
      }
      await peer.raw.send(rawFrame("XXXX", "{"));
      await peer.send("EVNT", { event: "never heard of" });
      await peer.send("FAIL", { id: request.id, code: "changed", message: "marker" });
    },
  );
  assertEquals([error.message, dataConnections], ["marker", 1]);
});

Deno.test("Client: answers PING with its id during a download", async () => {
  const { error } = await runProtocol2HostileServer(async (peer, request) => {
    await peer.raw.send(head(request), dataFrames(CONTENT)[0]!);
    await peer.send("PING", { id: 77 });
    const { id } = await nextRequest(peer, "PONG");
    await peer.send("FAIL", { id: request.id, code: "changed", message: `PONG ${id}` });
  });
  assertEquals(error.message, "PONG 77");
});
