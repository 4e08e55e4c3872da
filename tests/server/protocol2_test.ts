import { assertEquals } from "@std/assert";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

/** Exceeds all buffers between the disk and a peer that does not read. */
const BIG_BYTES = 64 * 1024 * 1024;
const LARGEST_ID = 2 ** 31 - 1;

const WRONG_IDS: Record<string, string> = {
  "0": "0",
  "-1": "-1",
  "2^31": String(LARGEST_ID + 1),
  "2^53": String(2 ** 53),
  "1.5": "1.5",
  "a number in quotes": `"1"`,
  "null": "null",
  "true": "true",
  "a list": "[1]",
};

for (const [what, id] of Object.entries(WRONG_IDS)) {
  Deno.test(`request: with the id ${what} fails with bad-request and id null`, async () => {
    await using server = await startServer({}, { "a.txt": "a" });
    using peer = await Protocol2Peer.connect(server.port);
    for (const type of ["STAT", "FGET", "FPUT", "PING", "XXXX"]) {
      await peer.raw.sendFrame(type, `{"id":${id},"path":"a.txt","size":1}`);
      assertEquals(await peer.fail(null), "bad-request");
    }
    await peer.assertLives();
  });
}

Deno.test("request: without an id fails with bad-request and id null", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.send("STAT", { path: "a.txt" });
  assertEquals(await peer.fail(null), "bad-request");
  await peer.assertLives();
});

Deno.test("request: may have any id from 1 to 2^31 - 1, in any order, and again", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const id of [LARGEST_ID, 1, LARGEST_ID, 2, 1]) {
    await peer.send("STAT", { id, path: "a.txt" });
    assertEquals((await peer.done(id)).path, "a.txt");
  }
});

Deno.test("request: fails with bad-request and id null if its id is unanswered", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  writeZeros(server.root.join("big.bin"), BIG_BYTES);
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FGET", { path: "big.bin" });
  await peer.expect("FMET");
  await peer.send("STAT", { id, path: "a.txt" });
  await peer.send("FGET", { id, path: "a.txt" });
  const failures: Json[] = [];
  let bytes = 0;
  for (let message = await peer.read(); message?.type !== "FEND"; message = await peer.read()) {
    if (message?.type === "FAIL") failures.push(message.json);
    else bytes += message!.payload.length;
  }
  assertEquals(failures.map(({ id, code }) => [id, code]), [
    [null, "bad-request"],
    [null, "bad-request"],
  ]);
  assertEquals(bytes, BIG_BYTES);
  await peer.send("STAT", { id, path: "a.txt" });
  assertEquals((await peer.done(id)).path, "a.txt");
});

Deno.test("request: of an unknown type is unsupported", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  for (const type of ["XXXX", "list", "0000", "\0\0\0\0", "FMTA", "DONE", "EVNT", "FMET", "REDY"]) {
    assertEquals(await peer.refusal(type, { path: "" }), "unsupported", type);
  }
  await peer.assertLives();
});

const NOT_JSON: Record<string, Uint8Array | string> = {
  "no bytes": "",
  "half an object": `{"id":1`,
  "an object and more": `{"id":1}{"id":2}`,
  "an object and a NUL": `{"id":1}\0`,
  "single quotes": `{'id':1}`,
  "NaN": `{"id":NaN}`,
  "bytes that are not UTF-8": Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
  "a byte order mark": Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d),
  "noise": Uint8Array.from({ length: 1000 }, (_, i) => i % 256),
};

for (const [what, payload] of Object.entries(NOT_JSON)) {
  Deno.test(`request: with a payload of ${what} ends the connection`, async () => {
    await using server = await startServer();
    for (const type of ["LIST", "PONG", "FEND", "XXXX"]) {
      using peer = await Protocol2Peer.connect(server.port);
      await peer.raw.sendFrame(type, payload);
      assertEquals(await peer.failsAndEnds(), "bad-request");
    }
  });
}

for (const payload of ["[]", `[{"id":1,"path":""}]`, `"x"`, "5", "null", "true"]) {
  Deno.test(`request: with the payload ${payload} fails with bad-request, and the connection lives`, async () => {
    await using server = await startServer();
    using peer = await Protocol2Peer.connect(server.port);
    await peer.raw.sendFrame("LIST", payload);
    assertEquals(await peer.fail(null), "bad-request");
    await peer.assertLives();
  });
}

const MALFORMED: Array<[type: string, fields: Json]> = [
  ["LIST", {}],
  ["LIST", { path: 5 }],
  ["LIST", { path: null }],
  ["LIST", { path: "", recursive: "yes" }],
  ["LIST", { path: "", after: 5 }],
  ["STAT", {}],
  ["STAT", { path: ["a.txt"] }],
  ["STAT", { path: { a: 1 } }],
  ["FGET", {}],
  ["FGET", { path: "a.txt", offset: -1 }],
  ["FGET", { path: "a.txt", offset: 1.5 }],
  ["FGET", { path: "a.txt", offset: "1" }],
  ["FGET", { path: "a.txt", offset: 2 ** 53 }],
  ["FGET", { path: "a.txt", version: 5 }],
  ["FGET", { path: "a.txt", zstd: 1 }],
  ["FPUT", { path: "b.txt" }],
  ["FPUT", { path: "b.txt", size: -1 }],
  ["FPUT", { path: "b.txt", size: 1.5 }],
  ["FPUT", { path: "b.txt", size: "1" }],
  ["FPUT", { path: "b.txt", size: 2 ** 53 }],
  ["FPUT", { path: "b.txt", size: 1, mtime: "now" }],
  ["FPUT", { path: "b.txt", size: 1, replace: "yes" }],
  ["FPUT", { path: "b.txt", size: 1, key: "" }],
  ["FPUT", { path: "b.txt", size: 1, key: 5 }],
  ["FPUT", { path: "b.txt", size: 1, key: "k".repeat(201) }],
  ["FPUT", { size: 1 }],
  ["MKDR", {}],
  ["MKDR", { path: false }],
];

Deno.test("request: with a malformed member fails with bad-request, and the connection lives", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const [type, fields] of MALFORMED) {
    assertEquals(await peer.refusal(type, fields), "bad-request", JSON.stringify([type, fields]));
    await peer.assertLives();
  }
  assertEquals(server.root.list(), ["a.txt"]);
});

Deno.test("request: with a lone surrogate fails with bad-request", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  await peer.raw.sendFrame("STAT", `{"id":1,"path":"a\\ud800b"}`);
  assertEquals(await peer.fail(1), "bad-request");
  await peer.assertLives();
});

Deno.test("request: may have unknown members of any name", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  const more = `"constructor":1,"__proto__":{"path":"b.txt"},"toString":null,"":[[[]]]`;
  await peer.raw.sendFrame("STAT", `{"id":1,"path":"a.txt",${more}}`);
  assertEquals((await peer.done(1)).path, "a.txt");
  await peer.raw.sendFrame("STAT", `{"id":2,"__proto__":{"path":"a.txt"}}`);
  assertEquals(await peer.fail(2), "bad-request");
});

Deno.test("PING: is answered by PONG with its id", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const id of [LARGEST_ID, 1, 1, 1]) {
    await peer.send("PING", { id });
    assertEquals(await peer.expect("PONG"), { id });
  }
  // A request may have the same id as a PING
  await peer.send("STAT", { id: 1, path: "a.txt" });
  assertEquals((await peer.done(1)).path, "a.txt");
});

Deno.test("PONG: is ignored without a PING", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  await peer.send("PONG", { id: 99 });
  await peer.assertLives();
});

Deno.test("FAIL: has its message in the language of the server", async () => {
  await using server = await startServer({ language: "pt-BR" });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("STAT", { path: "missing" });
  assertEquals((await peer.expect("FAIL")).message, "Arquivo não encontrado");
});
