import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { within } from "../helpers/deadline.ts";
import { connectedPair } from "../helpers/raw_peer.ts";

/** More than the buffers of both ends hold. */
const MORE_THAN_FITS = new Uint8Array(64 * 1_024 * 1_024);

/** The two ends of a connection, which disposal closes. */
async function pair(): Promise<{ ours: Deno.TcpConn; theirs: Deno.TcpConn } & Disposable> {
  const [ours, theirs] = await connectedPair();
  const close = (conn: Deno.Conn) => {
    try {
      conn.close();
    } catch {
      // The test has closed it
    }
  };
  return { ours, theirs, [Symbol.dispose]: () => [ours, theirs].forEach(close) };
}

Deno.test("Deno.Conn.read: leaves the connection writable after the end of the peer's data", async () => {
  using ends = await pair();
  const { ours, theirs } = ends;
  await theirs.closeWrite();
  assertEquals(await ours.read(new Uint8Array(1)), null);
  assertEquals(await ours.read(new Uint8Array(1)), null); // At every later read, too
  await ours.write(new Uint8Array([7]));
  const byte = new Uint8Array(1);
  assertEquals(await theirs.read(byte), 1);
  assertEquals(byte[0], 7);
});

Deno.test("Deno.Conn.readable: closes the connection at the end, and so is not used", async () => {
  using ends = await pair();
  const { ours, theirs } = ends;
  await theirs.closeWrite();
  for await (const _chunk of ours.readable);
  await assertRejects(() => ours.write(new Uint8Array(1)), Deno.errors.BadResource);
});

Deno.test("Deno.Conn.close: cancels a pending read", async () => {
  using ends = await pair();
  const reading = ends.ours.read(new Uint8Array(1));
  ends.ours.close();
  await assertRejects(() => within(reading, "the read to end"), Deno.errors.Interrupted);
});

Deno.test("Deno.Conn.close: cancels a blocked write, and ends the peer's reads", async () => {
  using ends = await pair();
  const { ours, theirs } = ends;
  const writing = (async () => {
    for (;;) await ours.write(MORE_THAN_FITS);
  })();
  const closed = assertRejects(() => within(writing, "the write to end"));
  await theirs.read(new Uint8Array(1)); // The write is under way
  ours.close();
  assertInstanceOf(await closed, Deno.errors.Interrupted);
  const sink = new Uint8Array(1_024 * 1_024);
  const end = async () => {
    while (await theirs.read(sink).catch(() => null) !== null);
  };
  await within(end(), "the end of the connection");
});

Deno.test("Deno.Conn.write: writes a part of a large buffer", async () => {
  using ends = await pair();
  const count = await ends.ours.write(MORE_THAN_FITS);
  assert(count > 0 && count < MORE_THAN_FITS.length, `${count}`);
});

Deno.test("Deno.Conn.read: serves concurrent reads in order", async () => {
  using ends = await pair();
  const buffers = [new Uint8Array(1), new Uint8Array(1)];
  const reads = buffers.map((buffer) => ends.ours.read(buffer));
  await ends.theirs.write(new Uint8Array([1, 2]));
  assertEquals(await Promise.all(reads), [1, 1]);
  assertEquals(buffers.map(([byte]) => byte), [1, 2]);
});

Deno.test("ReadableStream: a BYOB read fills the given buffer without a copy", async () => {
  using ends = await pair();
  const requestedBytes: number[] = [];
  const stream = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const request = controller.byobRequest!;
      requestedBytes.push(request.view!.byteLength);
      request.respond((await ends.ours.read(request.view as Uint8Array))!);
    },
  });
  const reader = stream.getReader({ mode: "byob" });
  await ends.theirs.write(new Uint8Array([1, 2, 3]));
  const buffer = new ArrayBuffer(100);
  const { value } = await reader.read(new Uint8Array(buffer));
  assert(buffer.detached);
  assertEquals([...value!], [1, 2, 3]);
  assertEquals(value!.buffer.byteLength, 100); // The whole buffer comes back
  assertEquals(requestedBytes, [100]);
});

Deno.test("Deno.Listener.close: ends pending and later accepts", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept().catch((error) => error);
  listener.close();
  const errors = [
    await within(accepting, "the accept to end"),
    await listener.accept().catch((error) => error),
  ];
  for (const error of errors) {
    const isClosed = error instanceof Deno.errors.BadResource ||
      error instanceof Deno.errors.Interrupted;
    assert(isClosed, String(error));
  }
});

Deno.test("Deno.Conn.closeWrite: delivers all bytes before the end", async () => {
  using ends = await pair();
  const { ours, theirs } = ends;
  const sent = 1_024 * 1_024;
  const sending = (async () => {
    for (let count = 0; count < sent;) count += await theirs.write(new Uint8Array(sent - count));
    await theirs.closeWrite();
  })();
  let received = 0;
  const sink = new Uint8Array(64 * 1_024);
  for (let count = await ours.read(sink); count !== null; count = await ours.read(sink)) {
    received += count;
  }
  await sending;
  assertEquals(received, sent);
});
