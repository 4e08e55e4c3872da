import { assert, assertEquals, assertRejects } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { OriginalClient, type OriginalDownload, Refusal } from "../helpers/original_client.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone } from "../helpers/serves_on.ts";

const SIZES = [0, 1, 8191, 8192, 8193, 1024 * 1024 + 5];
const FILES = Object.fromEntries(SIZES.map((size) => [`${size}.bin`, patternedBytes(size, size)]));

function assertIs(download: OriginalDownload, name: string, content: Uint8Array): void {
  assert(download.verified, `the hash of ${name}`);
  assertEquals(download.name, name);
  assertEquals(download.bytes.length, content.length);
  assertEquals(sha256Of(download.bytes), sha256Of(content));
}

for (const size of SIZES) {
  Deno.test(`original client: downloads a file of ${size} bytes`, async () => {
    await using server = await startServer({}, FILES);
    await using client = await OriginalClient.connect(server.port);
    assertIs(await client.download(`${size}.bin`), `${size}.bin`, FILES[`${size}.bin`]!);
    await client.quit();
    await assertAllGone(server);
    assertEquals(client.ignored, []);
  });
}

Deno.test("original client: downloads several files in a row", async () => {
  await using server = await startServer({}, FILES);
  await using client = await OriginalClient.connect(server.port);
  for (let round = 0; round < 2; round++) {
    for (const [name, content] of Object.entries(FILES)) {
      assertIs(await client.download(name), name, content);
    }
  }
  await client.quit();
  const { reason } = await server.waitFor("disconnected");
  assertEquals(reason, "quit");
});

Deno.test("original client: gets pipelined requests in order", async () => {
  await using server = await startServer({}, FILES);
  await using client = await OriginalClient.connect(server.port);
  const names = [...Object.keys(FILES).reverse(), "missing.bin", "1.bin", "8193.bin"];
  await client.ask(...names);
  for (const name of names) {
    const content = FILES[name];
    if (content === undefined) await assertRejects(() => client.receive(), Refusal, "not found");
    else assertIs(await client.receive(), name, content);
  }
});

Deno.test("original client: downloads everything at the same time as two others", async () => {
  await using server = await startServer({}, FILES);
  await using first = await OriginalClient.connect(server.port);
  await using second = await OriginalClient.connect(server.port);
  await using third = await OriginalClient.connect(server.port);
  await Promise.all([first, second, third].map(async (client) => {
    for (const [name, content] of Object.entries(FILES)) {
      assertIs(await client.download(name), name, content);
    }
  }));
});

Deno.test("original client: may type white space around a name", async () => {
  await using server = await startServer({}, { "um arquivo.txt": "conteúdo" });
  await using client = await OriginalClient.connect(server.port);
  for (const name of [" um arquivo.txt", "um arquivo.txt \r\n", "\t um arquivo.txt\n"]) {
    const download = await client.download(name);
    assertIs(download, "um arquivo.txt", new TextEncoder().encode("conteúdo"));
  }
});

Deno.test("original client: receives the last component as the name of a file", async () => {
  await using server = await startServer({}, { "a/b.txt": "below", "a/b/ação.txt": "deeper" });
  await using client = await OriginalClient.connect(server.port);
  assertIs(await client.download("a/b.txt"), "b.txt", new TextEncoder().encode("below"));
  assertIs(await client.download("a/b/ação.txt"), "ação.txt", new TextEncoder().encode("deeper"));
});

Deno.test("original client: gets one FERR for a missing file, and goes on", async () => {
  await using server = await startServer({ language: "pt-BR" }, { "a/b.txt": "x", "c.txt": "y" });
  await using client = await OriginalClient.connect(server.port);
  await assertRejects(() => client.download("nada.txt"), Refusal, "Arquivo não encontrado");
  await assertRejects(() => client.download("a"), Refusal, "não é um arquivo comum");
  assertIs(await client.download("c.txt"), "c.txt", new TextEncoder().encode("y"));
});

Deno.test("original client: downloads undisturbed by unknown frame types", async () => {
  await using server = await startServer({}, FILES);
  using peer = await server.connect();
  await peer.sendFrame("WHAT", "is this?");
  await peer.sendFrame("FILE", "8193.bin");
  await peer.sendFrame("FROK", patternedBytes(60_000));
  await peer.sendFrame("FDAT", patternedBytes(60_000));
  await peer.sendFrame("FILE", "1.bin");
  await peer.sendFrame("QUIT");
  const types = (await peer.readToEnd()).map(({ type }) => type);
  assertEquals(types, ["FROK", "FMTA", "FHSH", "FDAT", "FDAT", "FROK", "FMTA", "FHSH", "FDAT"]);
  const unknown = new Set(server.eventsOf("refused").map(({ type }) => type));
  assertEquals(unknown, new Set(["WHAT", "FROK", "FDAT"]));
});
