import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { runProtocol1HostileServer } from "../helpers/protocol1_hostile_server.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { rawFrame, type RawPeer } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const GOOD = goodAnswer("file.bin", patternedBytes(20_000));

function joined(frames: Uint8Array[]): Uint8Array {
  return Uint8Array.from(frames.flatMap((frame) => [...frame]));
}

Deno.test("vanishing server: the client reports lost after any byte of an answer", async () => {
  const bytes = joined(GOOD);
  const head = joined(GOOD.slice(0, 3)).length;
  const cuts = [...Array(head + 14).keys(), head + 8192 + 12, head + 8192 + 20, bytes.length - 1];
  for (const cut of cuts) {
    const { error, closed } = await runProtocol1HostileServer((peer) =>
      peer.send(bytes.subarray(0, cut))
    );
    assertInstanceOf(error, ConnectionError, `cut after ${cut}: ${error}`);
    assertEquals([error.code, closed?.code], ["lost", "lost"], `cut after ${cut}`);
  }
});

Deno.test("vanishing server: the client reports a reset as lost", async () => {
  for (const before of [0, 1, 2, 3, 5]) {
    using folder = new TempDir();
    await using server = new ScriptedServer(async (peer) => {
      // Unread bytes make the system reset the connection
      await peer.readBytes(3);
      await peer.send(...GOOD.slice(0, before));
    });
    const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
    const target = { directory: folder.path, name: "file.bin" };
    const error = await assertRejects(() => client.download("file.bin", target), ConnectionError);
    assertEquals(error.code, "lost");
    assertEquals((await client.closed)?.code, "lost");
    assert(!folder.list().includes("file.bin"));
  }
});

Deno.test("vanishing server: the client fails all pending downloads", async () => {
  using folder = new TempDir();
  await using server = new ScriptedServer(async (peer) => {
    for (let i = 0; i < 5; i++) await peer.expect("FILE");
    await peer.send(...GOOD, ...GOOD.slice(0, 4));
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  const results = await Promise.allSettled(
    Array.from(
      { length: 5 },
      (_, i) => client.download("file.bin", { directory: folder.path, name: `${i}.bin` }),
    ),
  );
  assertEquals(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
    "rejected",
    "rejected",
  ]);
  await client.closed;
  assertEquals(folder.list(), [".tcp-chat/1.bin.part", "0.bin"]);
  await assertRejects(
    () => client.download("file.bin", { directory: folder.path, name: "late.bin" }),
    ConnectionError,
  );
});

Deno.test("vanishing server: the client gives up after timeoutMs of silence at any stage", async () => {
  const stages = [0, 1, 2, 3, 4].map((before) => async (peer: RawPeer) => {
    await peer.send(...GOOD.slice(0, before));
    await peer.ended();
  });
  const outcomes = await Promise.all(
    stages.map((stage) => runProtocol1HostileServer(stage, { timeoutMs: 300 })),
  );
  for (const { error, closed } of outcomes) {
    assertInstanceOf(error, ConnectionError);
    assertEquals([error.code, closed?.code], ["timeout", "timeout"]);
  }
});

Deno.test("vanishing server: the client gives up after timeoutMs on an FMTA that never ends", async () => {
  const { error } = await runProtocol1HostileServer(async (peer) => {
    await peer.send(GOOD[0]!, rawFrame("FMTA", "", 65_536n));
    for (;;) {
      await peer.send("xxxx");
      await new Promise((resolve) => setTimeout(resolve)); // It is never silent
    }
  }, { timeoutMs: 300 });
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.code, "timeout");
});

Deno.test("vanishing server: the client accepts silence while no answer is due", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("QUIT");
  });
  const client = await connect({
    hostname: "127.0.0.1",
    port: server.port,
    protocol: 1,
    timeoutMs: 100,
  });
  // Another client has given up after the same time, since an answer was due
  const { error } = await runProtocol1HostileServer((peer) => peer.ended(), { timeoutMs: 100 });
  assert(error instanceof ConnectionError && error.code === "timeout");
  assertEquals(await client.quit(), null);
});

Deno.test("stopping server: finishes the running download, and refuses the next with shutting-down", async () => {
  using folder = new TempDir();
  const server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * 1024 * 1024);
  let heard = "";
  const onChat = (text: string) => void (heard = text);
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1, onChat });
  let stopping: Promise<void> | null = null;
  const onProgress = () => void (stopping ??= server[Symbol.asyncDispose]());
  const directory = folder.path;
  const first = client.download("big.bin", { directory, name: "1.bin", onProgress });
  const second = client.download("big.bin", { directory, name: "2.bin" });
  // The running download completes, the server refuses the queued download
  const [sent, refused] = await Promise.allSettled([first, second]);
  assertEquals(sent.status === "fulfilled" && sent.value.sizeBytes, 64 * 1024 * 1024);
  assertEquals(refused.status === "rejected" && refused.reason.code, "shutting-down");
  await stopping;
  assertEquals((await client.closed)?.code, "lost");
  assertEquals(heard, "[SERVER]: The server is shutting down");
  assertEquals(folder.list(), ["1.bin"]);
});

Deno.test("connect: reports a closed port as refused, and an unknown host as unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const refused = await assertRejects(
    () => connect({ hostname: "127.0.0.1", port, protocol: 1 }),
    ConnectionError,
  );
  assertEquals(refused.code, "refused");
  const unknown = await assertRejects(
    () => connect({ hostname: "no-such-host.invalid", port }),
    ConnectionError,
  );
  assertEquals(unknown.code, "unreachable");
});
