import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Socket } from "../../lib/stream/socket.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { ascii } from "../helpers/step_sink.ts";
import { drain, readAllBytes, writeAll } from "../helpers/tls.ts";

/** More than the buffers of both systems hold. */
const MORE_THAN_FITS = 64 * 1_024 * 1_024;

/** Both ends of a connection. Disposal closes them. */
export interface SocketPair extends AsyncDisposable {
  /** The end under test. */
  readonly socket: Socket;
  readonly peer: Socket;
}

/** Resolves once a number has stayed the same for some time: no event tells that buffers are full. */
async function stalled(read: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 20;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    same = read() === last ? same + 1 : 0;
    last = read();
  }
}

/** Writes until the buffers are full; returns the number of bytes so far. */
async function writeUntilStalled(
  from: Socket,
): Promise<{ sent: () => number; done: Promise<void> }> {
  let sent = 0;
  const bytes = patternedBytes(1_024 * 1_024);
  const done = (async () => {
    while (sent < MORE_THAN_FITS) sent += await from.write(bytes);
    await from.closeWrite();
  })();
  await stalled(() => sent);
  return { sent: () => sent, done };
}

/** The tests that every {@link Socket} has to pass. */
export function testSocket(name: string, open: () => Promise<SocketPair>): void {
  Deno.test(`${name}: carries bytes both ways at the same time, whole and in order`, async () => {
    await using pair = await open();
    const { socket, peer } = pair;
    const down = patternedBytes(3_000_000, 1);
    const up = patternedBytes(2_000_000, 2);
    const [received, arrived] = await Promise.all([
      readAllBytes(peer),
      readAllBytes(socket),
      writeAll(socket, down).then(() => socket.closeWrite()),
      writeAll(peer, up).then(() => peer.closeWrite()),
    ]);
    assertEquals(received, down);
    assertEquals(arrived, up);
  });

  Deno.test(`${name}: read fills the buffer, and returns the rest at the next read`, async () => {
    await using pair = await open();
    const { socket, peer } = pair;
    await peer.write(ascii("abcdef"));
    const small = new Uint8Array(4);
    assertEquals(await socket.read(small), 4);
    assertEquals(small, ascii("abcd"));
    assertEquals(await socket.read(small), 2);
    assertEquals(small.subarray(0, 2), ascii("ef"));
  });

  Deno.test(`${name}: write reaches a peer that has ended its direction`, async () => {
    await using pair = await open();
    const { socket, peer } = pair;
    await peer.write(ascii("ask"));
    await peer.closeWrite();
    assertEquals(await readAllBytes(socket), ascii("ask"));
    assertEquals(await socket.read(new Uint8Array(1)), null); // At every further read
    const answer = patternedBytes(1_000_000);
    const [received] = await Promise.all([
      readAllBytes(peer),
      writeAll(socket, answer).then(() => socket.closeWrite()),
    ]);
    assertEquals(received, answer);
  });

  Deno.test(`${name}: leaves input with the peer while it is not read`, async () => {
    await using pair = await open();
    const { sent, done } = await writeUntilStalled(pair.peer);
    assert(sent() < MORE_THAN_FITS, `${sent()} bytes went`);
    const [received] = await Promise.all([drain(pair.socket), done]);
    assertEquals(received, sent());
  });

  Deno.test(`${name}: write waits for a peer that does not read`, async () => {
    await using pair = await open();
    const { sent, done } = await writeUntilStalled(pair.socket);
    assert(sent() < MORE_THAN_FITS, `${sent()} bytes went`);
    const [received] = await Promise.all([drain(pair.peer), done]);
    assertEquals(received, sent());
  });

  Deno.test(`${name}: close ends a pending read and a pending write`, async () => {
    await using pair = await open();
    const { socket, peer } = pair;
    const reading = assertRejects(() => within(socket.read(new Uint8Array(1)), "the read to end"));
    const writing = assertRejects(() =>
      within(writeAll(socket, new Uint8Array(MORE_THAN_FITS)), "the write to end")
    );
    await peer.read(new Uint8Array(1)); // Now the write is under way
    socket.close();
    await Promise.all([reading, writing]);
    await assertRejects(async () => await socket.write(ascii("a")));
    await assertRejects(async () => await socket.closeWrite());
    await within(drain(peer).catch(() => {}), "the end of the connection");
  });

  Deno.test(`${name}: close ends every pending read`, async () => {
    await using pair = await open();
    const { socket } = pair;
    // A connection may be drained while a read is pending
    const reads = [1, 2, 3].map(() => socket.read(new Uint8Array(10)).catch(() => null));
    await flushTasks();
    socket.close();
    assertEquals(await within(Promise.all(reads), "all reads to end"), [null, null, null]);
  });

  Deno.test(`${name}: write fails, sooner or later, after the peer has left`, async () => {
    await using pair = await open();
    const { socket, peer } = pair;
    peer.close();
    const writing = async () => {
      for (;;) await socket.write(new Uint8Array(100_000));
    };
    await assertRejects(() => within(writing(), "the write to fail"));
  });

  Deno.test(`${name}: knows the address of its peer`, async () => {
    await using pair = await open();
    assertEquals((pair.socket.remoteAddr as Deno.NetAddr).hostname, "127.0.0.1");
  });
}
