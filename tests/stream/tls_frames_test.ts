import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { encodeFrame } from "../../lib/protocol/frames.ts";
import { FramedConnection } from "../../lib/stream/framed_connection.ts";
import { TlsConnSocket } from "../../lib/stream/tls/conn_socket.ts";
import { within } from "../helpers/deadline.ts";
import { mergeData, plain, type PlainFrame, plainFrame, readAll } from "../helpers/frames.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { connectThroughRelay, TlsFixture, writeAll } from "../helpers/tls.ts";

async function connections(fixture: TlsFixture) {
  const { server, client } = await fixture.pair();
  return {
    server: new FramedConnection(server),
    client: new FramedConnection(new TlsConnSocket(client)),
  };
}

Deno.test("FramedConnection over TLS: carries frames both ways, and a last frame before the end", async () => {
  await using fixture = await TlsFixture.open();
  const { server, client } = await connections(fixture);
  const data = new Uint8Array(1_000_000).fill(7);
  for (const [connection, to] of [[client, "server"], [server, "client"]] as const) {
    connection.writer.send(encodeFrame("CHAT", `to the ${to}`));
    connection.writer.sendBulk(rawFrame("FDAT", data)).catch(() => {});
  }
  client.writer.sendBulk(rawFrame("QUIT")).catch(() => {});
  const atServer = readUntilQuit(server).then(async (frames) => {
    server.writer.send(encodeFrame("FERR", "a last frame"));
    await within(server.closeGracefully("done"), "the server to finish");
    return frames;
  });
  const atClient = await readAll(client.reader);
  client.close(null);
  const both = (to: string) => [plainFrame("CHAT", `to the ${to}`), plainFrame("FDAT", data)];
  assertEquals(mergeData(await atServer), both("server"));
  assertEquals(mergeData(atClient).filter(({ type }) => type !== "FERR"), both("client"));
  assertEquals(atClient.filter(({ type }) => type === "FERR").length, 1);
  assert(server.isClosed);
});

async function readUntilQuit({ reader }: FramedConnection): Promise<PlainFrame[]> {
  const frames: PlainFrame[] = [];
  for (;;) {
    const frame = await reader.read();
    if (frame === null || (frame.kind === "control" && frame.type === "QUIT")) return frames;
    frames.push(plain(frame));
  }
}

Deno.test("FramedConnection over TLS: ends at a cut between frames, is truncated inside one", async () => {
  for (const frame of [rawFrame("CHAT", "whole"), rawFrame("CHAT", "half").subarray(0, 14)]) {
    await using fixture = await TlsFixture.open();
    const { client, cut } = await connectThroughRelay(fixture.endpoint, fixture.certificate);
    await writeAll(client, frame);
    const server = new FramedConnection(await fixture.next());
    const isWhole = frame.length > 14;
    if (isWhole) await server.reader.read();
    cut();
    const reading = within(server.reader.read(), "the end");
    if (isWhole) assertEquals(await reading, null);
    else await assertRejects(() => reading, ProtocolError, "ended inside");
    server.close(null);
  }
});

Deno.test("FramedConnection over TLS: close reports its reason once, and ends every wait", async () => {
  await using fixture = await TlsFixture.open();
  const { server, client } = await fixture.pair();
  const reasons: unknown[] = [];
  const connection = new FramedConnection(server, (reason) => reasons.push(reason));
  const reading = connection.reader.read().catch(() => null);
  const writing = connection.writer.sendBulk(new Uint8Array(64 * 1_024 * 1_024));
  const rejected = assertRejects(() => within(writing, "the write to end"));
  await client.read(new Uint8Array(1)); // Now the write is under way
  connection.close("gone");
  assertEquals(await within(reading, "the read to end"), null);
  await rejected;
  assertEquals(reasons, ["gone"]);
  client.close();
});
