import { assert, assertEquals } from "@std/assert";
import { pause } from "../../lib/async/pause.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

/** Exceeds all buffers between the disk and a peer that does not read. */
const BIG_BYTES = 64 * 1024 * 1024;

Deno.test("server: answers every request with exactly one DONE, FEND or FAIL", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a", "f/b.txt": "b" });
  using peer = await Protocol2Peer.connect(server.port);
  const requests: Array<[type: string, fields: Json]> = [
    ["LIST", { path: "" }],
    ["FGET", { path: "a.txt" }],
    ["STAT", { path: "missing" }],
    ["FGET", { path: "missing" }],
    ["MKDR", { path: "g" }],
    ["XXXX", {}],
    ["FGET", { path: ".." }],
    ["FPUT", { path: "a.txt", size: 0 }],
    ["FPUT", { path: "../c", size: 0, key: "k" }],
    ["FGET", { path: "f" }],
    ["ROOM", {}],
    ["SEND", { room: "lobby" }],
  ];
  const answers = new Map<unknown, string[]>();
  for (let round = 0; round < 4; round++) {
    for (const [type, fields] of requests) answers.set(await peer.ask(type, fields), []);
  }
  await peer.raw.closeWrite();
  for (const { type, json } of await peer.readToEnd()) {
    if (["DONE", "FAIL", "FEND"].includes(type)) answers.get(json.id)!.push(type);
  }
  const expected = "DONE FEND FAIL FAIL DONE FAIL FAIL FAIL FAIL FAIL DONE FAIL".split(" ");
  assertEquals([...answers.values()].map((types) => types.join()), Array(4).fill(expected).flat());
});

Deno.test("FGET: is answered in the order of the requests, failures included", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  const paths = ["a.txt", "../x", "a.txt", "missing", 5, "a.txt", "CON", "a.txt"];
  const ids: number[] = [];
  for (const path of paths) ids.push(await peer.ask("FGET", { path }));
  const order: unknown[] = [];
  while (order.length < ids.length) {
    const { type, json } = (await peer.read())!;
    if (type === "FEND" || type === "FAIL") order.push(json.id);
  }
  assertEquals(order, ids);
});

Deno.test("FPUT: is answered in the order of the requests, failures included", async () => {
  await using server = await startServer({ uploads: true }, { "there.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  const first = await peer.ask("FPUT", { path: "a.txt", size: 5 });
  const ids = [first];
  for (const path of ["../x", "there.txt", 5, "CON"]) {
    ids.push(await peer.ask("FPUT", { path, size: 0 }));
  }
  await peer.sendContent(first, "hello");
  for (const id of ids.slice(1)) await peer.send("FCAN", { id });
  const order: unknown[] = [];
  while (order.length < ids.length) {
    const { type, json } = (await peer.read())!;
    if (type !== "REDY") order.push(json.id);
  }
  assertEquals(order, ids);
});

Deno.test("server: answers other requests during a download that the client does not read", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a" });
  writeZeros(server.root.join("big.bin"), BIG_BYTES);
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FGET", { path: "big.bin" });
  await peer.expect("FMET");
  const stat = await peer.ask("STAT", { path: "a.txt" });
  const list = await peer.ask("LIST", { path: "" });
  const upload = await peer.ask("FPUT", { path: "b.txt", size: 1 });
  await peer.sendContent(upload, "b");
  await server.waitFor("upload"); // The disk may be slow, and the download waits for the client
  const done = new Set<unknown>();
  for (let message = await peer.read(); message?.type !== "FEND"; message = await peer.read()) {
    if (message?.type === "DONE") done.add(message.json.id);
    if (done.size < 3) await pause(10);
  }
  assertEquals(done, new Set<unknown>([stat, list, upload]));
});

Deno.test("server: does not read another request while 64 requests are unanswered", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  writeZeros(server.root.join("big.bin"), BIG_BYTES);
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FGET", { path: "big.bin" });
  await peer.expect("FMET");
  for (let i = 1; i < 64; i++) await peer.ask("FGET", { path: "a.txt" });
  const read = peer.newId();
  await peer.send("PING", { id: read });
  const pongs: unknown[] = [];
  let message = await peer.read();
  for (; pongs.length === 0; message = await peer.read()) {
    if (message?.type === "PONG") pongs.push(message.json.id);
    else assertEquals(message?.type, "FDAT");
  }
  assertEquals(pongs, [read]);
  await peer.ask("STAT", { path: "a.txt" });
  await peer.send("PING", { id: peer.newId() });
  let bytes = 0;
  for (; message?.type === "FDAT"; message = await peer.read()) bytes += message.payload.length;
  assert(bytes > BIG_BYTES / 4, "the first file ended too early");
  assertEquals(message?.type, "FEND", "the request was read before there was room");
  const types: string[] = [];
  const count = (type: string) => types.filter((other) => other === type).length;
  while (count("FEND") < 63 || count("PONG") < 1 || count("DONE") < 1) {
    types.push((await peer.read())!.type);
  }
  assertEquals([count("PONG"), count("DONE"), count("FAIL")], [1, 1, 0]);
});
