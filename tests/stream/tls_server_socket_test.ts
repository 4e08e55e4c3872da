import { assert, assertEquals } from "@std/assert";
import { within } from "../helpers/deadline.ts";
import { ascii } from "../helpers/step_sink.ts";
import { connectThroughRelay, TlsFixture, writeAll } from "../helpers/tls.ts";

Deno.test("TlsServerSocket: returns null for a peer that leaves without close_notify", async () => {
  await using fixture = await TlsFixture.open();
  const { client, cut } = await connectThroughRelay(fixture.endpoint, fixture.certificate);
  await client.write(ascii("abc"));
  const server = await fixture.next();
  const buffer = new Uint8Array(10);
  assertEquals(await server.read(buffer), 3);
  cut();
  assertEquals(await within(server.read(buffer), "the end"), null);
});

Deno.test("TlsServerSocket: write accepts part of a large buffer, so that progress shows", async () => {
  await using fixture = await TlsFixture.open();
  const { server, client } = await fixture.pair();
  const count = await server.write(new Uint8Array(1_000_000));
  assert(count > 0 && count <= 64 * 1_024, "${count}");
  assertEquals(await client.read(new Uint8Array(1)), 1);
  client.close();
});

Deno.test("TlsServerSocket: survives a peer that resets its connection", async () => {
  await using fixture = await TlsFixture.open();
  const { client, cut } = await connectThroughRelay(fixture.endpoint, fixture.certificate);
  const reset = await fixture.next();
  const reading = within(reset.read(new Uint8Array(1)), "the read to end").catch(() => null);
  await writeAll(reset, new Uint8Array(100_000)); // The peer does not read that
  await client.read(new Uint8Array(1));
  cut();
  assertEquals(await reading, null);
  const other = await fixture.pair();
  await other.server.write(ascii("a"));
  assertEquals(await other.client.read(new Uint8Array(9)), 1);
  other.client.close();
});

Deno.test("TlsServerSocket: write delays no frame that follows another", async () => {
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
