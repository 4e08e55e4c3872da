import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(100_000);

Deno.test("Client.download: pipelines many files in order over a single connection, protocol 1", async () => {
  const names = Array.from({ length: 100 }, (_, i) => `${i}.bin`);
  const contents = names.map((_, i) => patternedBytes(i * 500, i));
  const files = Object.fromEntries(names.map((name, i) => [name, contents[i]!]));
  await using server = await startServer({}, files);
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port);
  const results = await Promise.all(
    names.map((name) => client.client.download(name, { directory: folder.path, name })),
  );
  await until(() => server.eventsOf("download").length === names.length, "the last download");
  assertEquals(server.eventsOf("download").map(({ path }) => path), names);
  assertEquals(results.map(({ sha256 }) => sha256), contents.map(sha256Of));
  assertEquals(server.eventsOf("connected").length, 1);
});

Deno.test("Client.download: fails alone between other downloads, protocol 1", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT, "b.bin": CONTENT.subarray(1) });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port);
  const get = (name: string) => client.client.download(name, { directory: folder.path, name });
  const [a, missing, b] = await Promise.allSettled([get("a.bin"), get("missing"), get("b.bin")]);
  assertEquals([a.status, missing.status, b.status], ["fulfilled", "rejected", "fulfilled"]);
  assertEquals(folder.list(), ["a.bin", "b.bin"]);
});

Deno.test("Client.download: keeps two downloads to the same name apart, protocol 1", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT, "b.bin": CONTENT.subarray(1) });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port);
  const target = { directory: folder.path, name: "same.bin" };
  const [a, b] = await Promise.all([
    client.client.download("a.bin", target),
    client.client.download("b.bin", target),
  ]);
  assertEquals([a.file, b.file], [folder.join("same.bin"), folder.join("same (1).bin")]);
  assertEquals(Deno.readFileSync(b.file), CONTENT.subarray(1));
});

Deno.test("Client: receives and sends chat during a download, protocol 1", async () => {
  await using server = await startServer({}, { "a.bin": patternedBytes(20_000_000) });
  using folder = new TempDir();
  const heard = Promise.withResolvers<string>();
  await using client = await TestClient.connect(server.port, { onChat: heard.resolve });
  let said: Promise<unknown> | null = null;
  await client.client.download("a.bin", {
    directory: folder.path,
    name: "a.bin",
    onProgress: () => {
      if (said !== null) return;
      said = client.client.chat.say("in the middle");
      server.server.announce("in between");
    },
  });
  assertEquals(await heard.promise, "[SERVER]: in between");
  await said;
  assertEquals((await server.waitFor("chat")).text, "in the middle");
});

Deno.test("Client.download: keeps the part when aborted, and the next download succeeds, protocol 1", async () => {
  const pause = Promise.withResolvers<void>();
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    const frames = goodAnswer("a.bin", CONTENT);
    await peer.send(...frames.slice(0, 5));
    await pause.promise;
    await peer.send(...frames.slice(5));
    await peer.expect("FILE");
    await peer.send(...goodAnswer("b.bin", "small"));
    await peer.expect("QUIT");
  });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port);
  const controller = new AbortController();
  let received = 0;
  const first = client.client.download("a.bin", {
    directory: folder.path,
    name: "a.bin",
    signal: controller.signal,
    onProgress: (bytes) => {
      received = bytes;
      if (bytes > 8192) controller.abort();
    },
  });
  await assertRejects(() => first, DOMException);
  const { unwantedBytes } = client.client;
  assert(unwantedBytes > 0 && unwantedBytes <= CONTENT.length - received, `${unwantedBytes}`);
  pause.resolve();
  const target = { directory: folder.path, name: "b.bin" };
  const { sizeBytes } = await client.client.download("b.bin", target);
  assertEquals(sizeBytes, 5);
  assertEquals(client.client.unwantedBytes, 0);
  assertEquals(folder.list(), [".tcp-chat/a.bin.part", "b.bin"]);
  const part = Deno.readFileSync(folder.join(".tcp-chat/a.bin.part"));
  assert(part.length > 0);
  assertEquals(part, CONTENT.subarray(0, part.length));
});

Deno.test("Client.download: keeps nothing if its signal is already aborted, protocol 1", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port);
  const target = { directory: folder.path, name: "a.bin", signal: AbortSignal.abort() };
  await assertRejects(() => client.client.download("a.bin", target), DOMException);
  assertEquals(folder.list(), []);
});

Deno.test("Client.unwantedBytes: counts the bytes of a skipped file until they have arrived, protocol 1", async () => {
  const pause = Promise.withResolvers<void>();
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    const frames = goodAnswer("a.bin", CONTENT);
    await peer.send(...frames.slice(0, 3));
    await pause.promise;
    await peer.send(...frames.slice(3));
    await peer.sendFrame("CHAT", "that was it");
    await peer.expect("QUIT");
  });
  using folder = new TempDir();
  folder.write("a.bin", CONTENT);
  const over = Promise.withResolvers<string>();
  await using client = await TestClient.connect(server.port, { onChat: over.resolve });
  const target = { directory: folder.path, name: "a.bin" };
  assertEquals((await client.client.download("a.bin", target)).skipped, true);
  assertEquals(client.client.unwantedBytes, CONTENT.length);
  pause.resolve();
  await over.promise;
  assertEquals(client.client.unwantedBytes, 0);
});

Deno.test("Client.download: keeps nothing after a wrong hash, and the next succeeds, protocol 1", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    const [ok, metadata, , ...data] = goodAnswer("a.bin", CONTENT);
    await peer.send(ok!, metadata!, rawFrame("FHSH", new Uint8Array(32)), ...data);
    await peer.expect("FILE");
    await peer.send(...goodAnswer("b.bin", "small"));
    await peer.expect("QUIT");
  });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port);
  const get = (name: string) => client.client.download(name, { directory: folder.path, name });
  const error = await assertRejects(() => get("a.bin"), RequestError);
  assertEquals(error.code, "integrity");
  assert((await get("b.bin")).sizeBytes === 5);
  assertEquals(folder.list(), ["b.bin"]);
});
