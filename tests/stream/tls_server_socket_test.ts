import { assert, assertEquals, assertRejects } from "@std/assert";
import { type AcceptTls } from "../../lib/stream/tls/listener.ts";
import { acceptOverLoopback } from "../../lib/stream/tls/loopback.ts";
import { acceptOverStream } from "../../lib/stream/tls/server_socket.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { ascii } from "../helpers/step_sink.ts";
import { connectThroughRelay, drain, readAllBytes, TlsFixture, writeAll } from "../helpers/tls.ts";

/** Both ways to be a server, with what tells them apart in the names of tests. */
const WAYS: Array<[way: string, acceptTls: AcceptTls]> = [
  ["over a stream", acceptOverStream],
  ["over loopback", acceptOverLoopback],
];
/** More than the buffers of both systems take. */
const MORE_THAN_FITS = 64 * 1_024 * 1_024;

/** Resolves when a number has not changed for some turns in a row. */
async function stalled(read: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 20;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    same = read() === last ? same + 1 : 0;
    last = read();
  }
}

for (const [way, acceptTls] of WAYS) {
  Deno.test(`bytes go both ways, whole and in order, at the same time, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    const down = patternedBytes(3_000_000, 1);
    const up = patternedBytes(2_000_000, 2);
    const [received, arrived] = await Promise.all([
      readAllBytes(client),
      readAllBytes(server),
      writeAll(server, down).then(() => server.closeWrite()),
      writeAll(client, up).then(() => client.closeWrite()),
    ]);
    assertEquals(received, down);
    assertEquals(arrived, up);
    client.close();
  });

  Deno.test(`a read fills what it is given, and takes the rest with the next, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    await client.write(ascii("abcdef"));
    const small = new Uint8Array(4);
    assertEquals(await server.read(small), 4);
    assertEquals(small, ascii("abcd"));
    assertEquals(await server.read(small), 2);
    assertEquals(small.subarray(0, 2), ascii("ef"));
    client.close();
  });

  Deno.test(`a peer that has said farewell still gets its answer, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    await client.write(ascii("ask"));
    await client.closeWrite();
    assertEquals(await readAllBytes(server), ascii("ask"));
    assertEquals(await server.read(new Uint8Array(1)), null); // Again and again
    const answer = patternedBytes(1_000_000);
    const [received] = await Promise.all([
      readAllBytes(client),
      writeAll(server, answer).then(() => server.closeWrite()),
    ]);
    assertEquals(received, answer);
    client.close();
  });

  Deno.test(`a peer that just goes has ended the stream, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { client, cut } = await connectThroughRelay(fixture.endpoint, fixture.certificate);
    await client.write(ascii("abc"));
    const server = await fixture.next();
    const buffer = new Uint8Array(10);
    assertEquals(await server.read(buffer), 3);
    cut();
    assertEquals(await within(server.read(buffer), "the end"), null);
  });

  Deno.test(`a server that is not read from reads no more than it must, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    let sent = 0;
    const bytes = patternedBytes(1_024 * 1_024);
    const sending = (async () => {
      while (sent < MORE_THAN_FITS) sent += await client.write(bytes);
      await client.closeWrite();
    })();
    await stalled(() => sent);
    assert(sent < MORE_THAN_FITS, `${sent} bytes went`);
    const [received] = await Promise.all([drain(server), sending]);
    assertEquals(received, sent);
    client.close();
  });

  Deno.test(`a write waits for a peer that does not read, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    let sent = 0;
    const bytes = patternedBytes(1_024 * 1_024);
    const sending = (async () => {
      while (sent < MORE_THAN_FITS) sent += await server.write(bytes);
      await server.closeWrite();
    })();
    await stalled(() => sent);
    assert(sent < MORE_THAN_FITS, `${sent} bytes went`);
    const [received] = await Promise.all([drain(client), sending]);
    assertEquals(received, sent);
    client.close();
  });

  Deno.test(`a write takes a part of what is much, so that progress is seen, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    const count = await server.write(new Uint8Array(1_000_000));
    assert(count > 0 && count <= 64 * 1_024, `${count}`);
    assertEquals(await client.read(new Uint8Array(1)), 1);
    client.close();
  });

  Deno.test(`closing ends a read and a write that are under way, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    const reading = assertRejects(() => within(server.read(new Uint8Array(1)), "the read to end"));
    const writing = assertRejects(() =>
      within(writeAll(server, new Uint8Array(MORE_THAN_FITS)), "the write to end")
    );
    await client.read(new Uint8Array(1)); // Now it is under way
    server.close();
    server.close();
    await Promise.all([reading, writing]);
    await assertRejects(() => server.write(ascii("a")));
    await assertRejects(() => server.closeWrite());
    await within(drain(client).catch(() => {}), "the end of the connection");
    client.close();
  });

  Deno.test(`closing ends every read that is under way, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    // As when a connection is drained while somebody still reads it
    const reads = [1, 2, 3].map(() => server.read(new Uint8Array(10)).catch(() => null));
    await new Promise((resolve) => setTimeout(resolve, 20));
    server.close();
    assertEquals(await within(Promise.all(reads), "all reads to end"), [null, null, null]);
    client.close();
  });

  Deno.test(`a peer that resets the connection harms nobody else, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { client, cut } = await connectThroughRelay(fixture.endpoint, fixture.certificate);
    const reset = await fixture.next();
    const reading = within(reset.read(new Uint8Array(1)), "the read to end").catch(() => null);
    await writeAll(reset, new Uint8Array(100_000)); // Nobody reads that
    await client.read(new Uint8Array(1));
    cut();
    assertEquals(await reading, null);
    const other = await fixture.pair();
    await other.server.write(ascii("a"));
    assertEquals(await other.client.read(new Uint8Array(9)), 1);
    other.client.close();
  });

  Deno.test(`a write to a peer that is gone fails, sooner or later, ${way}`, async () => {
    await using fixture = await TlsFixture.open(null, { acceptTls });
    const { server, client } = await fixture.pair();
    client.close();
    const writing = async () => {
      for (;;) await server.write(new Uint8Array(100_000));
    };
    await assertRejects(() => within(writing(), "the write to fail"));
  });
}

Deno.test("frames that are written one after the other are not held back", async () => {
  await using fixture = await TlsFixture.open();
  const { server, client } = await fixture.pair();
  const byte = new Uint8Array(1);
  const buffer = new Uint8Array(1_000);
  const rounds = 50;
  const tookMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    await client.write(byte);
    await server.read(byte);
    await server.write(new Uint8Array(100));
    await server.write(new Uint8Array(100));
    for (let count = 0; count < 200;) count += (await client.read(buffer))!;
    tookMs.push(performance.now() - startMs);
  }
  const medianMs = tookMs.toSorted((a, b) => a - b)[rounds / 2]!;
  assert(medianMs < 20, `a round trip takes ${medianMs} ms`); // Nagle's algorithm makes it 40
  client.close();
});
