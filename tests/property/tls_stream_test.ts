import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Socket } from "../../lib/stream/socket.ts";
import { TlsConnSocket } from "../../lib/stream/tls/conn_socket.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { TlsFixture, writeAll } from "../helpers/tls.ts";

/** Sizes around those of records and buffers. */
const SIZES = fc.oneof(
  fc.integer({ min: 1, max: 2_000 }),
  fc.constantFrom(1_024, 16_383, 16_384, 16_385, 32_768, 65_536, 262_144, 262_145, 500_000),
);
const TRAFFIC = fc.record({
  writes: fc.array(SIZES, { minLength: 1, maxLength: 8 }),
  reads: fc.array(SIZES, { minLength: 1, maxLength: 5 }),
});

/** Writes pieces of the given sizes, then closes the writing side. */
async function send(socket: Socket, bytes: Uint8Array, sizes: readonly number[]): Promise<void> {
  let offset = 0;
  for (const size of sizes) {
    await writeAll(socket, bytes.subarray(offset, offset + size));
    offset += size;
  }
  await socket.closeWrite();
}

/** Reads to the end with buffers of the given sizes, in turn. */
async function receive(socket: Socket, sizes: readonly number[]): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0;; i++) {
    const buffer = new Uint8Array(sizes[i % sizes.length]!);
    const count = await socket.read(buffer);
    if (count === null) return new Uint8Array(await new Blob(chunks).arrayBuffer());
    chunks.push(buffer.slice(0, count));
  }
}

Deno.test("TlsConnSocket: any writes and reads deliver the same bytes in both directions", async () => {
  await using fixture = await TlsFixture.open();
  const property = fc.asyncProperty(TRAFFIC, TRAFFIC, async (down, up) => {
    const { server, client: conn } = await fixture.pair();
    const client = new TlsConnSocket(conn);
    const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
    const bytes = [
      patternedBytes(sum(down.writes), 1),
      patternedBytes(sum(up.writes), 2),
    ] as const;
    const work = Promise.all([
      receive(client, down.reads),
      receive(server, up.reads),
      send(server, bytes[0], down.writes),
      send(client, bytes[1], up.writes),
    ]);
    const [atClient, atServer] = await within(work, "all bytes");
    client.close();
    server.close();
    assertEquals([atClient.length, atServer.length], bytes.map(({ length }) => length));
    assertEquals(atClient, bytes[0]);
    assertEquals(atServer, bytes[1]);
  });
  await fc.assert(property, { numRuns: 25 });
});
