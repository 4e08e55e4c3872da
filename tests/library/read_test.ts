import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Client, connect, ConnectionError, RequestError } from "../../mod.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";
import { dataFrames, type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  headOf,
  nextRequest,
  Protocol2ScriptedServer,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { ROOT } from "../helpers/source_files.ts";

const MIB = 1024 * 1024;

async function bytesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

for (const size of [0, 1, 65_537, 3 * MIB + 5]) {
  Deno.test(`Client.read: streams a file of ${size} bytes, and resolves to its hash`, async () => {
    await using fixture = await LibraryFixture.start();
    const content = patternedBytes(size);
    fixture.root.write("f/a.bin", content);
    const stream = fixture.client.read("f/a.bin");
    assertEquals(await bytesOf(stream), content);
    assertEquals(await stream.verified, sha256Of(content));
  });
}

Deno.test("Client.read: rejects a missing file, without an unhandled rejection of verified", async () => {
  await using fixture = await LibraryFixture.start();
  const missing = fixture.client.read("missing");
  const error = await assertRejects(() => bytesOf(missing), RequestError);
  assertEquals(error.code, "not-found");
  const other = fixture.client.read("missing"); // Only `verified` is looked at
  assertEquals((await assertRejects(() => other.verified, RequestError)).code, "not-found");
  fixture.client.read("missing"); // Nothing of it is looked at
  await assertRejects(() => fixture.client.stat("missing"));
});

Deno.test("Client.read: takes no path that is none", async () => {
  await using fixture = await LibraryFixture.start();
  assertThrows(() => fixture.client.read(""), TypeError, "the path must be a text");
});

Deno.test("Client.read: lets other requests through while nothing is read", async () => {
  await using fixture = await LibraryFixture.start();
  fixture.root.write("big.bin", patternedBytes(64 * MIB));
  fixture.root.write("small.txt", "small");
  const slow = fixture.client.read("big.bin");
  assertEquals(await bytesOf(fixture.client.read("small.txt")), new TextEncoder().encode("small"));
  await fixture.client.chat.say("still here");
  await slow.cancel();
  await assertRejects(() => slow.verified, RequestError, "Cancelled");
});

/** Runs `work` with a client of a server that follows a script for the first FGET, and answers STAT. */
async function withServer(
  script: (peer: Protocol2Peer, request: Json) => Promise<void>,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let message = await peer.read(); message?.type === "STAT"; message = await peer.read()) {
        await peer.send("DONE", { ...message.json, type: "folder", size: 0, mtime: 0 });
      }
    },
    data: async (peer) => {
      await script(peer, await nextRequest(peer, "FGET"));
      await untilQuit(peer);
    },
  });
  await using client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  await work(client);
}

Deno.test("Client.read: holds a few blocks at the most while nothing is read", async () => {
  const total = 256;
  const content = new Uint8Array(MIB);
  let sent = 0;
  await withServer(async (peer, request) => {
    await peer.send("FMET", { ...headOf(content, request), size: total * MIB });
    for (const block = dataFrames(content, MIB); sent < total; sent++) {
      await peer.raw.send(...block);
    }
  }, async (client) => {
    const stream = client.read("a");
    const reader = stream.getReader();
    await reader.read();
    // So many round trips give the server the time to send all of it, if it could
    for (let i = 0; i < 2_000 && sent < total; i++) await client.stat("x");
    assert(sent < 32, `${sent} MiB were sent of which one was read`);
    client.close();
    await assertRejects(() => stream.verified, ConnectionError);
  });
});

Deno.test("Client.read: makes the server stop when the stream is cancelled", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  await withServer(async (peer, request) => {
    await peer.send("FMET", { ...headOf("abc", request), size: 2 * MIB });
    await peer.raw.send(...dataFrames("abc"));
    const { id } = await peer.expect("FCAN");
    cancelled.resolve(id);
    assertEquals(id, request.id);
    await peer.send("FAIL", { id, code: "cancelled", message: "Cancelled" });
    await peer.raw.send(...goodFile("next", await nextRequest(peer, "FGET")));
  }, async (client) => {
    const stream = client.read("a");
    for await (const block of stream) {
      assertEquals(block, new TextEncoder().encode("abc"));
      break; // That cancels it
    }
    await within(cancelled.promise, "FCAN");
    const error = await assertRejects(() => stream.verified, RequestError);
    assertEquals(error.code, "cancelled");
    assertEquals(await new Response(client.read("b")).text(), "next");
  });
});

Deno.test("Client.read: ends with the reason of its signal, and makes the server stop", async () => {
  await withServer(async (peer, request) => {
    await peer.send("FMET", { ...headOf("abc", request), size: 2 * MIB });
    assertEquals((await peer.expect("FCAN")).id, request.id);
  }, async (client) => {
    const controller = new AbortController();
    const stream = client.read("a", { signal: controller.signal });
    const read = bytesOf(stream);
    controller.abort(new Error("enough"));
    await assertRejects(() => read, Error, "enough");
    await assertRejects(() => stream.verified, Error, "enough");
    await assertRejects(
      () => client.read("a", { signal: controller.signal }).verified,
      Error,
      "enough",
    );
  });
});

Deno.test("Client.read: lets nothing pass for right that has another hash or length", async () => {
  const head = (request: Json) => headOf("abc", request);
  const sha256 = sha256Of("abc");
  const scripts: Record<string, (request: Json) => Uint8Array[]> = {
    "another hash": (request) => [
      jsonFrame("FMET", { ...head(request), sha256: sha256Of("x") }),
      ...dataFrames("abc"),
      jsonFrame("FEND", { id: request.id, sha256: sha256Of("x") }),
    ],
    "too short": (request) => [
      jsonFrame("FMET", { ...head(request), size: 4 }),
      ...dataFrames("abc"),
      jsonFrame("FEND", { id: request.id, sha256 }),
    ],
    "too long": (request) => [
      jsonFrame("FMET", { ...head(request), size: 2 }),
      ...dataFrames("abc"),
      jsonFrame("FEND", { id: request.id, sha256 }),
    ],
  };
  for (const [what, frames] of Object.entries(scripts)) {
    await withServer(async (peer, request) => {
      await peer.raw.send(...frames(request));
    }, async (client) => {
      const stream = client.read("a");
      const error = await assertRejects(() => bytesOf(stream), RequestError, undefined, what);
      assertEquals(error.code, "integrity", what);
      assertEquals((await assertRejects(() => stream.verified, RequestError)).code, "integrity");
    });
  }
});

Deno.test("Client.read: fails with changed when the file changes meanwhile", async () => {
  await withServer(async (peer, request) => {
    await peer.send("FMET", { ...headOf("abc", request), size: 6 });
    await peer.raw.send(...dataFrames("abc"));
    await peer.send("FAIL", { id: request.id, code: "changed", message: "changed" });
  }, async (client) => {
    const stream = client.read("a");
    assertEquals((await assertRejects(() => bytesOf(stream), RequestError)).code, "changed");
    assertEquals((await assertRejects(() => stream.verified, RequestError)).code, "changed");
  });
});

Deno.test("Client.read: fails when the connection is lost", async () => {
  await withServer(async (peer, request) => {
    await peer.send("FMET", headOf("abc", request));
    peer.raw.close();
  }, async (client) => {
    const stream = client.read("a");
    await assertRejects(() => bytesOf(stream), ConnectionError);
    await assertRejects(() => stream.verified, ConnectionError);
  });
});

Deno.test("Client.read: leaves an unread stream and its verified alone without a crash", async () => {
  const code = `
    import { connect, serve } from "./mod.ts";
    const server = await serve({ hostname: "127.0.0.1", port: 0, root: await Deno.makeTempDir() });
    const client = await connect({ hostname: "127.0.0.1", port: server.port });
    client.read("missing");
    await client.stat("missing").catch(() => {});
    await client.quit();
    await server.stop();
    console.log("alive");
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    cwd: ROOT,
  }).output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stdout), "alive\n", decoder.decode(stderr));
});
