import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type Client } from "../../lib/client/client.ts";
import { connect } from "../../lib/client/connect.ts";
import { ConnectionError, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import {
  nextRequest,
  Protocol2ScriptedServer,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MIB = 1024 * 1024;
/** Large enough for a key, and more than fits into the buffers of the system. */
const BIG = patternedBytes(32 * MIB);
const SMALL = new TextEncoder().encode("small");

/** Reads the data of an upload and its FEND, which it returns with how many bytes came. */
async function takeUpload(
  peer: Protocol2Peer,
): Promise<{ bytes: number; last: string; json: Json }> {
  for (let bytes = 0;;) {
    const message = await peer.read();
    if (message?.type !== "FDAT") return { bytes, last: message!.type, json: message!.json };
    bytes += message.payload.length;
  }
}

/** Accepts an upload as a good server does. */
async function accept(peer: Protocol2Peer, request: Json): Promise<void> {
  await peer.send("REDY", { id: request.id, offset: 0 });
  const { json: { sha256 } } = await takeUpload(peer);
  const { id, path, size } = request;
  await peer.send("DONE", { id, path, size, sha256, version: "v1" });
}

/**
 * Has a client of ours upload a file to a server that follows the script, which is expected to
 * fail, and makes sure that the client lives and that another upload works.
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
  await assertSendsAnother(client, folder);
  assertEquals(await client.quit(), null);
  assert(!/[\p{Cc}]/u.test(error.message), JSON.stringify(error.message));
  return { error, dataConnections: server.dataConnections };
}

async function assertSendsAnother(client: Client, folder: TempDir): Promise<void> {
  assertEquals(client.isClosed, false);
  const { sha256 } = await client.upload(folder.write("good.txt", "good"));
  assertEquals(sha256, sha256Of("good"));
}

Deno.test("an upload says its path, size and time, a large one also what it can be gone on with by", async () => {
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
  await client.upload(folder.join("big"), { path: "again", resume: false, isThere: false });
  await client.quit();
  const [small, big, again] = requests.map(({ id: _, ...request }) => request);
  assertEquals(small, { path: "f/small", size: 5, mtime: 5_000 });
  const { key, ...rest } = big!;
  assertEquals(rest, { path: "f/big", size: MIB, mtime: 5_000 });
  assert(typeof key === "string" && key.length >= 1 && key.length <= 200);
  assert(!key.includes(folder.path), "the key tells where the file lies");
  assertEquals(again, { path: "again", size: MIB, mtime: 5_000 });
});

Deno.test("data begin where REDY says, and end in the hash of the whole file", async () => {
  using folder = new TempDir();
  const came: Array<{ bytes: number; sha256: unknown }> = [];
  const offsets = [0, 1, MIB, BIG.length - 1, BIG.length];
  await using server = new Protocol2ScriptedServer({
    data: async (peer) => {
      for (const offset of offsets) {
        const { id, path, size } = await nextRequest(peer, "FPUT");
        await peer.send("REDY", { id, offset });
        const { bytes, json: { sha256 } } = await takeUpload(peer);
        came.push({ bytes, sha256 });
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
  assertEquals(came, offsets.map((offset) => ({ bytes: BIG.length - offset, sha256 })));
});

Deno.test("no data frame is larger than the server says that it takes", async () => {
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
  Deno.test(`a ${what} file that is refused at once is told with the code, and FCAN says that nothing comes`, async () => {
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

Deno.test("a failure in the middle stops the data, and FCAN says so", async () => {
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
  assert(sent < BIG.length, "all of the file came");
});

Deno.test("a failure behind the data is that of the upload", async () => {
  const { error, dataConnections } = await runHostileServer(SMALL, async (peer, { id }) => {
    await peer.send("REDY", { id, offset: 0 });
    assertEquals((await takeUpload(peer)).last, "FEND");
    await peer.send("FAIL", { id, code: "exists", message: "Too late" });
    const { id: asked } = await nextRequest(peer, "STAT"); // Is it the same one?
    await peer.send("FAIL", { id: asked, code: "denied", message: "Do not look" });
  });
  assertEquals([error.code, dataConnections], ["exists", 1]);
});

Deno.test("a server that wants more than there is an integrity error", async () => {
  const { error } = await runHostileServer(BIG, async (peer, { id, size }) => {
    await peer.send("REDY", { id, offset: Number(size) + 1 });
    assertEquals((await takeUpload(peer)).last, "FCAN");
    await peer.send("FAIL", { id, code: "cancelled", message: "Cancelled" });
  });
  assertInstanceOf(error, RequestError);
  assertEquals(error.code, "integrity");
});

Deno.test("a server that confirms another hash than was sent is an integrity error", async () => {
  const { error } = await runHostileServer(SMALL, async (peer, { id, path, size }) => {
    await peer.send("REDY", { id, offset: 0 });
    await takeUpload(peer);
    await peer.send("DONE", { id, path, size, sha256: sha256Of("other"), version: "v1" });
  });
  assertInstanceOf(error, RequestError);
  assertEquals(error.code, "integrity");
});

Deno.test("an upload that was spoilt on the server is sent once more, from its beginning", async () => {
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

/** What comes instead of a good answer, after which the client must hang up. */
const BROKEN: Record<string, [code: string, answer: (request: Json) => Uint8Array[]]> = {
  "REDY with an offset of -1": ["bad-frame", ({ id }) => [jsonFrame("REDY", { id, offset: -1 })]],
  "REDY with half an offset": ["bad-frame", ({ id }) => [jsonFrame("REDY", { id, offset: 0.5 })]],
  "REDY without an offset": ["bad-frame", ({ id }) => [jsonFrame("REDY", { id })]],
  "REDY without a number": ["bad-frame", () => [jsonFrame("REDY", { offset: 0 })]],
  "REDY that is no JSON": ["bad-json", () => [rawFrame("REDY", "{")]],
  "data for nothing": ["bad-sequence", () => [rawFrame("FDAT", "data")]],
  "FMET for nothing": ["bad-sequence", (request) => [jsonFrame("FMET", request)]],
  "DONE that is a list": ["bad-frame", () => [rawFrame("DONE", "[]")]],
  "a frame above the limit": ["too-large", () => [rawFrame("DONE", "", 65_537n)]],
};

for (const [what, [code, answer]] of Object.entries(BROKEN)) {
  Deno.test(`${what} ends the upload and its connection with a clear error`, async () => {
    const { error, dataConnections } = await runHostileServer(BIG, async (peer, request) => {
      await peer.raw.send(...answer(request));
      await peer.raw.ended(); // It is for the client to hang up
    });
    assertInstanceOf(error, ProtocolError);
    assertEquals([error.code, dataConnections], [code, 2]);
  });
}

Deno.test("DONE that does not say what was stored breaks the rules", async () => {
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

Deno.test("a server that goes away at any point of an upload is a lost connection", async () => {
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

Deno.test("FAIL without a number, behind which the server hangs up, is what the client is told", async () => {
  const { error } = await runHostileServer(BIG, async (peer) => {
    await peer.send("FAIL", { id: null, code: "bad-request", message: "You talk nonsense" });
    peer.raw.close();
  });
  assertInstanceOf(error, ConnectionError);
  assertEquals([error.code, error.message], ["rejected", "You talk nonsense"]);
});
