import { assertEquals, assertRejects } from "@std/assert";
import type { Socket } from "../../lib/stream/socket.ts";
import { OPCODE } from "../../lib/web/ws_frames.ts";
import { WsSocket } from "../../lib/web/ws_socket.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";
import { maskedFrame } from "../helpers/web.ts";

const NO_BYTES = new Uint8Array();

/** A socket that gives what it is told to, and takes as much of each write as the test allows. */
class ScriptedSocket implements Socket {
  readonly remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: "10.0.0.5", port: 7 };
  readonly serverEndPoint = new Uint8Array([7]);
  readonly writes: Uint8Array[] = [];
  readonly #input: Uint8Array[];
  isClosed = false;
  /** Called for each write; returns how many bytes are taken. */
  take: (bytes: Uint8Array) => number | Promise<number> = ({ length }) => length;

  constructor(...input: Uint8Array[]) {
    this.#input = input;
  }

  read(into: Uint8Array): Promise<number | null> {
    const piece = this.#input.shift();
    if (piece === undefined) return Promise.resolve(null);
    into.set(piece.subarray(0, into.length));
    if (piece.length > into.length) this.#input.unshift(piece.subarray(into.length));
    return Promise.resolve(Math.min(piece.length, into.length));
  }

  async write(bytes: Uint8Array): Promise<number> {
    const count = await this.take(bytes);
    this.writes.push(bytes.slice(0, count));
    return count;
  }

  closeWrite(): Promise<void> {
    return Promise.reject(new Error("A WebSocket has no end of one direction"));
  }

  close(): void {
    this.isClosed = true;
  }

  /** All that was written. */
  get written(): Uint8Array {
    return new Uint8Array(this.writes.flatMap((each) => [...each]));
  }
}

async function writeAll(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

/** The header of a whole message from the server. */
function header(length: number): number[] {
  if (length < 126) return [0x82, length];
  if (length < 65_536) return [0x82, 126, length >> 8, length & 255];
  return [0x82, 127, 0, 0, 0, 0, 0, (length >> 16) & 255, (length >> 8) & 255, length & 255];
}

Deno.test("WsSocket.write: a small message is one write, with its header", async () => {
  const inner = new ScriptedSocket();
  const socket = new WsSocket(inner, NO_BYTES);
  assertEquals(await socket.write(patternedBytes(1_000)), 1_000);
  assertEquals(inner.writes.map((each) => [...each]), [[
    ...header(1_000),
    ...patternedBytes(1_000),
  ]]);
  assertEquals(socket.remoteAddr, inner.remoteAddr);
});

Deno.test("WsSocket.write: a message that is taken in pieces has one header", async () => {
  const inner = new ScriptedSocket();
  inner.take = ({ length }) => Math.min(length, 30_001);
  const socket = new WsSocket(inner, NO_BYTES);
  const bytes = patternedBytes(200_000);
  await writeAll(socket, bytes);
  assertEquals([...inner.written], [...header(200_000), ...bytes]);
});

Deno.test("WsSocket.read: answers a ping, but not inside a message", async () => {
  const ping = maskedFrame(OPCODE.ping, new Uint8Array([1, 2]));
  const data = maskedFrame(OPCODE.binary, new Uint8Array([7]));
  const inner = new ScriptedSocket(ping, data);
  inner.take = ({ length }) => Math.min(length, 60_000);
  const socket = new WsSocket(inner, NO_BYTES);
  const bytes = patternedBytes(100_000);
  const count = await socket.write(bytes);
  assertEquals(await socket.read(new Uint8Array(100)), 1);
  await flushTasks();
  assertEquals(inner.written.length, header(100_000).length + count);
  await writeAll(socket, bytes.subarray(count));
  assertEquals([...inner.written], [...header(100_000), ...bytes, 0x8a, 2, 1, 2]);
});

Deno.test("WsSocket.read: answers the last of many pings to a peer that takes nothing", async () => {
  const pings = Array.from(
    { length: 50 },
    (_, at) => maskedFrame(OPCODE.ping, new Uint8Array([at])),
  );
  const inner = new ScriptedSocket(...pings, maskedFrame(OPCODE.binary, new Uint8Array([7])));
  const taken = Promise.withResolvers<void>();
  inner.take = async ({ length }) => {
    await taken.promise;
    return length;
  };
  const socket = new WsSocket(inner, NO_BYTES);
  await socket.read(new Uint8Array(1_000));
  taken.resolve();
  await flushTasks();
  assertEquals(inner.written.length <= 6, true);
  assertEquals([...inner.written.slice(-3)], [0x8a, 1, 49]);
});

Deno.test("WsSocket.read: takes what came behind the handshake first", async () => {
  const early = maskedFrame(OPCODE.binary, new Uint8Array([1, 2, 3]));
  const inner = new ScriptedSocket(early.slice(4), maskedFrame(OPCODE.binary, new Uint8Array([4])));
  const socket = new WsSocket(inner, early.slice(0, 4));
  const into = new Uint8Array(2);
  const read: number[] = [];
  for (let count = await socket.read(into); count !== null; count = await socket.read(into)) {
    read.push(...into.subarray(0, count));
  }
  assertEquals(read, [1, 2, 3, 4]);
});

Deno.test("WsSocket.closeWrite: sends Close 1000, and no more", async () => {
  const inner = new ScriptedSocket();
  const socket = new WsSocket(inner, NO_BYTES);
  await socket.closeWrite();
  await socket.closeWrite();
  assertEquals([...inner.written], [0x88, 2, 3, 232]);
  await assertRejects(() => socket.write(new Uint8Array(1)));
});

Deno.test("WsSocket.read: answers Close, which ends both directions", async () => {
  const inner = new ScriptedSocket(maskedFrame(OPCODE.close, new Uint8Array([3, 233, 65])));
  const socket = new WsSocket(inner, NO_BYTES);
  assertEquals(await socket.read(new Uint8Array(100)), null);
  await flushTasks();
  assertEquals([...inner.written], [0x88, 2, 3, 233]);
  await assertRejects(() => socket.write(new Uint8Array(1)));
  socket.close();
  assertEquals(inner.isClosed, true);
});

Deno.test("WsSocket.read: sends Close 1002 before it fails", async () => {
  const inner = new ScriptedSocket(maskedFrame(OPCODE.text, new Uint8Array(1)));
  const socket = new WsSocket(inner, NO_BYTES);
  await assertRejects(() => socket.read(new Uint8Array(100)));
  assertEquals([...inner.written], [0x88, 2, 3, 234]);
});

Deno.test("WsSocket.serverEndPoint: is that of the connection, so that no login gets around it", () => {
  const socket = new ScriptedSocket();
  assertEquals(new WsSocket(socket, NO_BYTES).serverEndPoint, socket.serverEndPoint);
});

Deno.test("WsSocket.close: ends the pause of a flood, which nothing waits for any more", async () => {
  using timers = new FakeTimers();
  const tiny = maskedFrame(OPCODE.binary, patternedBytes(1));
  const flood = new Uint8Array(Array.from({ length: 100 }, () => [...tiny]).flat());
  const socket = new WsSocket(new ScriptedSocket(flood), NO_BYTES);
  const into = new Uint8Array(1_000);
  assertEquals(await socket.read(into), 100);
  const next = socket.read(into);
  assertEquals(timers.count, 1);
  socket.close();
  assertEquals(timers.count, 0);
  assertEquals(await next, null);
});
