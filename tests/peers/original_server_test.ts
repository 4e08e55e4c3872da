import { assertEquals, assertRejects } from "@std/assert";
import { type Client } from "../../lib/client/client.ts";
import { connect } from "../../lib/client/connect.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { OriginalServer } from "../helpers/original_server.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const SIZES = [0, 1, 8191, 8192, 8193, 1024 * 1024 + 5];
const FILES = Object.fromEntries(SIZES.map((size) => [`${size}.bin`, patternedBytes(size, size)]));

/** Downloads a file under its own name, and compares it on disk. */
async function assertDownloads(client: Client, folder: TempDir, name: string): Promise<void> {
  const result = await client.download(name, { directory: folder.path, name, replace: true });
  const content = FILES[name]!;
  assertEquals(result, {
    file: folder.join(name),
    sizeBytes: content.length,
    sha256: sha256Of(content),
    skipped: false,
    resumedFrom: 0,
  });
  assertEquals(sha256Of(await Deno.readFile(result.file)), sha256Of(content));
}

for (const size of SIZES) {
  Deno.test(`original server: serves a file of ${size} bytes`, async () => {
    using folder = new TempDir();
    await using server = new OriginalServer(FILES);
    const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
    await assertDownloads(client, folder, `${size}.bin`);
    assertEquals(await client.quit(), null);
    assertEquals(server.quits, 1);
    assertEquals(folder.list(), [`${size}.bin`]);
  });
}

Deno.test("original server: serves files in turn and pipelined", async () => {
  using folder = new TempDir();
  await using server = new OriginalServer(FILES);
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  for (const name of Object.keys(FILES)) await assertDownloads(client, folder, name);
  for (const name of Object.keys(FILES)) Deno.removeSync(folder.join(name));
  await Promise.all(Object.keys(FILES).map((name) => assertDownloads(client, folder, name)));
  await client.quit();
  assertEquals(folder.list(), Object.keys(FILES).sort());
  assertEquals(server.ignored, []);
});

Deno.test("original server: refuses in its own words", async () => {
  using folder = new TempDir();
  await using server = new OriginalServer({ ...FILES, "a folder": null });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  const target = { directory: folder.path, name: "x" };
  const missing = await assertRejects(() => client.download("nada", target), RequestError);
  assertEquals([missing.code, missing.message], ["not-found", "Arquivo não encontrado"]);
  const refused = await assertRejects(() => client.download("a folder", target), RequestError);
  assertEquals(refused.message, "[Errno 21] Is a directory: 'a folder'");
  assertEquals(folder.list(), []);
  await assertDownloads(client, folder, "8193.bin");
  await client.quit();
});

Deno.test("original server: exchanges chat with its console", async () => {
  using folder = new TempDir();
  await using server = new OriginalServer(FILES);
  const heard: string[] = [];
  const onChat = (text: string) => void heard.push(text);
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1, onChat });
  await client.chat.say("olá");
  await assertDownloads(client, folder, "1.bin");
  await server.broadcast("ação");
  await until(() => heard.length === 1, "the broadcast");
  await client.chat.say("tchau");
  await client.quit();
  assertEquals(heard, ["[SERVIDOR]: ação"]);
  assertEquals(server.console, ["olá", "tchau"]);
});

Deno.test("original server: sends a whole file between broadcasts", async () => {
  using folder = new TempDir();
  await using server = new OriginalServer(FILES);
  const heard: string[] = [];
  const onChat = (text: string) => void heard.push(text);
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1, onChat });
  await assertDownloads(client, folder, "0.bin");
  const sent: string[] = [];
  let done = false;
  const download = assertDownloads(client, folder, "1048581.bin").then(() => done = true);
  while (!done || sent.length < 20) {
    sent.push(`[SERVIDOR]: message ${sent.length}`);
    await server.broadcast(sent.at(-1)!.slice(12));
  }
  await download;
  await until(() => heard.length === sent.length, "all the broadcasts");
  assertEquals(heard, sent);
  await client.quit();
});

Deno.test("original server: is reported as a lost connection when it dies", async () => {
  using folder = new TempDir();
  const server = new OriginalServer({ "big.bin": patternedBytes(32 * 1024 * 1024) });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  let stopped: Promise<void> | null = null;
  const onProgress = () => void (stopped ??= server[Symbol.asyncDispose]());
  const error = await assertRejects(
    () => client.download("big.bin", { directory: folder.path, name: "big.bin", onProgress }),
    ConnectionError,
  );
  assertEquals(error.code, "lost");
  assertEquals((await client.closed)?.code, "lost");
  await stopped;
  await until(() => folder.list().length === 1, "the part");
  assertEquals(folder.list(), [".tcp-chat/big.bin.part"]);
});

Deno.test("original server: ignores HELO, and is served in protocol 1 after handshakeMs", async () => {
  using folder = new TempDir();
  await using server = new OriginalServer(FILES);
  const client = await connect({ hostname: "127.0.0.1", port: server.port, handshakeMs: 50 });
  assertEquals(client.protocol, 1);
  assertEquals(server.ignored, ["HELO"]);
  await assertDownloads(client, folder, "8193.bin");
  await client.chat.say("olá");
  assertEquals(await client.quit(), null);
  assertEquals([server.console, server.quits], [["olá"], 1]);
});
