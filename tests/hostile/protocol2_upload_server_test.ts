import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type Client } from "../../lib/client/client.ts";
import { connect } from "../../lib/client/connect.ts";
import { ConnectionError, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  nextRequest,
  Protocol2ScriptedServer,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MIB = 1024 * 1024;
/** Large enough for a key, and larger than the buffers of the system. */
const BIG = patternedBytes(32 * MIB);
const SMALL = new TextEncoder().encode("small");

/** Reads the data of an upload; returns their length, and the control frame behind them. */
async function takeUpload(
  peer: Protocol2Peer,
): Promise<{ bytes: number; last: string; json: Json }> {
  for (let bytes = 0;;) {
    const message = await peer.read();
    if (message?.type !== "FDAT") return { bytes, last: message!.type, json: message!.json };
    bytes += message.payload.length;
  }
}

/** Accepts an upload like a correct server. */
async function accept(peer: Protocol2Peer, request: Json): Promise<void> {
  await peer.send("REDY", { id: request.id, offset: 0 });
  const { json: { sha256 } } = await takeUpload(peer);
  const { id, path, size } = request;
  await peer.send("DONE", { id, path, size, sha256, version: "v1" });
}

/**
 * Uploads a file to a server that follows the script. The upload has to fail; the client has to
 * survive and to upload another file.
 */
async function runHostileServer(
  content: Uint8Array,
  script: (peer: Protocol2Peer, request: Json) => Promise<void>,
): Promise<{ error: Error & { code?: string }; dataConnections: number }> {
  using folder = new TempDir();
  await using server = new Protocol2ScriptedServer({
    data: async (peer, connection) => {
      if (connection === 1) await script(peer, await nextRequest(peer, "FPUT"));
      await accept(peer, await nextRequest(peer, "FPUT"));
      await untilQuit(peer);
    },
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  const upload = client.upload(folder.write("a.bin", content));
  const error = await upload.then(() => null, (error) => error);
  assert(error instanceof Error, "the upload succeeded");
  await assertUploadsAnother(client, folder);
  assertEquals(await client.quit(), null);
  assert(!/[\p{Cc}]/u.test(error.message), JSON.stringify(error.message));
  return { error, dataConnections: server.dataConnections };
}

async function assertUploadsAnother(client: Client, folder: TempDir): Promise<void> {
  assertEquals(client.isClosed, false);
  const { sha256 } = await client.upload(folder.write("good.txt", "good"));
  assertEquals(sha256, sha256Of("good"));
}

Deno.test("Client.upload: sends path, size and mtime in FPUT, and a key if the file is large", async () => {
  using folder = new TempDir();
  const requests: Json[] = [];
  await using server = new Protocol2ScriptedServer({
    data: async (peer) => {
      for (;;) {
        requests.push(await nextRequest(peer, "FPUT"));
        await accept(peer, requests.at(-1)!);
      }
    },
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  for (const [name, content] of [["small", SMALL], ["big", BIG.subarray(0, MIB)]] as const) {
    const file = folder.write(name, content);
    Deno.utimeSync(file, new Date(5_000), new Date(5_000));
    await client.upload(file, { path: `f/${name}`, replace: false });
  }
  await client.upload(folder.join("big"), { path: "again", resume: false, exists: false });
  await client.quit();
  const [small, big, again] = requests.map(({ id: _, ...request }) => request);
  assertEquals(small, { path: "f/small", size: 5, mtime: 5_000 });
  const { key, ...rest } = big!;
  assertEquals(rest, { path: "f/big", size: MIB, mtime: 5_000 });
  assert(typeof key === "string" && key.length >= 1 && key.length <= 200);
  assert(!key.includes(folder.path), "the key contains the local path");
  assertEquals(again, { path: "again", size: MIB, mtime: 5_000 });
});

Deno.test("Client.upload: sends the data from the offset in REDY, and the hash of the whole file", async () => {
  using folder = new TempDir();
  const received: Array<{ bytes: number; sha256: unknown }> = [];
  const offsets = [0, 1, MIB, BIG.length - 1, BIG.length];
  await using server = new Protocol2ScriptedServer({
    data: async (peer) => {
      for (const offset of offsets) {
        const { id, path, size } = await nextRequest(peer, "FPUT");
        await peer.send("REDY", { id, offset });
        const { bytes, json: { sha256 } } = await takeUpload(peer);
        received.push({ bytes, sha256 });
        await peer.send("DONE", { id, path, size, sha256, version: "v1" });
      }
      await untilQuit(peer);
    },
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  const file = folder.write("a.bin", BIG);
  for (const offset of offsets) {
    assertEquals((await client.upload(file)).resumedFrom, offset);
  }
  await client.quit();
  const sha256 = sha256Of(BIG);
  assertEquals(received, offsets.map((offset) => ({ bytes: BIG.length - offset, sha256 })));
});

Deno.test("Client.upload: sends no data frame above the limit in HELO", async () => {
  using folder = new TempDir();
  const sizes = new Set<number>();
  await using server = new Protocol2ScriptedServer({
    hello: { limits: { control: 65_536, data: 10_000, message: 4_096 } },
    data: async (peer) => {
      const { id, path, size } = await nextRequest(peer, "FPUT");
      await peer.send("REDY", { id, offset: 0 });
      for (let message = await peer.read(); message; message = await peer.read()) {
        if (message.type === "FDAT") sizes.add(message.payload.length);
        if (message.type !== "FEND") continue;
        await peer.send("DONE", { id, path, size, sha256: message.json.sha256, version: "v" });
        return await untilQuit(peer);
      }
    },
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  await client.upload(folder.write("a.bin", BIG.subarray(0, 1_000_005)));
  await client.quit();
  assertEquals([...sizes].sort((a, b) => a - b), [5, 10_000]);
});

for (const [what, content] of [["small", SMALL], ["large", BIG]] as const) {
  Deno.test(`hostile upload server: the client ends a ${what} upload after an early FAIL, and reports its code`, async () => {
    const { error, dataConnections } = await runHostileServer(content, async (peer, { id }) => {
      await peer.send("FAIL", { id, code: "denied", message: "\x1b[2JNot you" });
      const { last, json } = await takeUpload(peer);
      assert(last === "FCAN" || last === "FEND", last);
      assertEquals(json.id, id);
    });
    assertInstanceOf(error, RequestError);
    assertEquals([error.code, error.message], ["denied", "[2JNot you"]);
    assertEquals(dataConnections, 1);
  });
}

Deno.test("hostile upload server: the client stops the data and sends FCAN after FAIL", async () => {
  let sent = 0;
  const { error } = await runHostileServer(BIG, async (peer, { id }) => {
    await peer.send("REDY", { id, offset: 0 });
    sent += (await peer.read())!.payload.length;
    await peer.send("FAIL", { id, code: "no-space", message: "Full" });
    const { bytes, last, json } = await takeUpload(peer);
    sent += bytes;
    assertEquals([last, json], ["FCAN", { id }]);
  });
  assertEquals(error.code, "no-space");
  assert(sent < BIG.length, "the whole file arrived");
});

Deno.test("hostile upload server: the client reports FAIL behind the data as the error of the upload", async () => {
  const { error, dataConnections } = await runHostileServer(SMALL, async (peer, { id }) => {
    await peer.send("REDY", { id, offset: 0 });
    assertEquals((await takeUpload(peer)).last, "FEND");
    await peer.send("FAIL", { id, code: "exists", message: "Too late" });
    // The client checks whether the existing file is the same
    const { id: asked } = await nextRequest(peer, "STAT");
    await peer.send("FAIL", { id: asked, code: "denied", message: "Do not look" });
  });
  assertEquals([error.code, dataConnections], ["exists", 1]);
});

Deno.test("hostile upload server: the client reports an offset beyond the end as integrity", async () => {
  const { error } = await runHostileServer(BIG, async (peer, { id, size }) => {
    await peer.send("REDY", { id, offset: Number(size) + 1 });
    assertEquals((await takeUpload(peer)).last, "FCAN");
    await peer.send("FAIL", { id, code: "cancelled", message: "Cancelled" });
  });
  assertInstanceOf(error, RequestError);
  assertEquals(error.code, "integrity");
});

Deno.test("hostile upload server: the client reports another hash in DONE as integrity", async () => {
  const { error } = await runHostileServer(SMALL, async (peer, { id, path, size }) => {
    await peer.send("REDY", { id, offset: 0 });
    await takeUpload(peer);
    await peer.send("DONE", { id, path, size, sha256: sha256Of("other"), version: "v1" });
  });
  assertInstanceOf(error, RequestError);
  assertEquals(error.code, "integrity");
});

Deno.test("Client.upload: sends the file again from the start after FAIL with integrity", async () => {
  using folder = new TempDir();
  const offsets: unknown[] = [];
  await using server = new Protocol2ScriptedServer({
    data: async (peer) => {
      const first = await nextRequest(peer, "FPUT");
      await peer.send("REDY", { id: first.id, offset: MIB });
      offsets.push((await takeUpload(peer)).bytes);
      await peer.send("FAIL", { id: first.id, code: "integrity", message: "Spoilt" });
      await accept(peer, await nextRequest(peer, "FPUT"));
      await untilQuit(peer);
    },
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  const { resumedFrom } = await client.upload(folder.write("a.bin", BIG));
  assertEquals([resumedFrom, offsets], [0, [BIG.length - MIB]]);
  await client.quit();
});

/** Invalid answers, and the code of the error with which the client closes. */
const VIOLATIONS: Record<string, [code: string, answer: (request: Json) => Uint8Array[]]> = {
  "REDY with an offset of -1": ["bad-frame", ({ id }) => [jsonFrame("REDY", { id, offset: -1 })]],
  "REDY with an offset of 0.5": ["bad-frame", ({ id }) => [jsonFrame("REDY", { id, offset: 0.5 })]],
  "REDY without an offset": ["bad-frame", ({ id }) => [jsonFrame("REDY", { id })]],
  "REDY without an id": ["bad-frame", () => [jsonFrame("REDY", { offset: 0 })]],
  "REDY that is not JSON": ["bad-json", () => [rawFrame("REDY", "{")]],
  "data without a download": ["bad-sequence", () => [rawFrame("FDAT", "data")]],
  "FMET without a download": ["bad-sequence", (request) => [jsonFrame("FMET", request)]],
  "DONE that is a list": ["bad-frame", () => [rawFrame("DONE", "[]")]],
  "a frame above the limit": ["too-large", () => [rawFrame("DONE", "", 65_537n)]],
};

for (const [what, [code, answer]] of Object.entries(VIOLATIONS)) {
  Deno.test(`hostile upload server: the client closes the data connection with ${code} on ${what}`, async () => {
    const { error, dataConnections } = await runHostileServer(BIG, async (peer, request) => {
      await peer.raw.send(...answer(request));
      await peer.raw.ended(); // The client closes first
    });
    assertInstanceOf(error, ProtocolError);
    assertEquals([error.code, dataConnections], [code, 2]);
  });
}

Deno.test("hostile upload server: the client closes with bad-frame on an invalid DONE", async () => {
  for (const lies of [{ sha256: undefined }, { sha256: "0" }, { size: -1 }, { path: 5 }]) {
    const { error } = await runHostileServer(SMALL, async (peer, { id, path, size }) => {
      await peer.send("REDY", { id, offset: 0 });
      const { json: { sha256 } } = await takeUpload(peer);
      await peer.send("DONE", { id, path, size, sha256, version: "v", ...lies });
    });
    assertInstanceOf(error, ProtocolError);
    assertEquals(error.code, "bad-frame");
  }
});

Deno.test("hostile upload server: the client reports lost if the server closes at any stage", async () => {
  const stages: Array<(peer: Protocol2Peer, request: Json) => Promise<unknown>> = [
    () => Promise.resolve(),
    (peer, { id }) => peer.send("REDY", { id, offset: 0 }),
    async (peer, { id }) => {
      await peer.send("REDY", { id, offset: 0 });
      await peer.read();
    },
    async (peer, { id }) => {
      await peer.send("REDY", { id, offset: 0 });
      await takeUpload(peer);
    },
  ];
  for (const stage of stages) {
    const { error, dataConnections } = await runHostileServer(BIG, async (peer, request) => {
      await stage(peer, request);
      peer.raw.close();
    });
    assertInstanceOf(error, ConnectionError);
    assertEquals([error.code, dataConnections], ["lost", 2]);
  }
});

Deno.test("hostile upload server: the client reports the message of FAIL without an id as rejected", async () => {
  const { error } = await runHostileServer(BIG, async (peer) => {
    await peer.send("FAIL", { id: null, code: "bad-request", message: "You talk nonsense" });
    peer.raw.close();
  });
  assertInstanceOf(error, ConnectionError);
  assertEquals([error.code, error.message], ["rejected", "You talk nonsense"]);
});
