import { assert, assertEquals, assertRejects } from "@std/assert";
import { BrowserSocket, type MessageSocket } from "../../lib/page/net/browser_socket.ts";
import { qrPath } from "../../lib/page/state/qr_path.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

/** A WebSocket of which a test plays the other end. */
class FakeWebSocket implements MessageSocket {
  readonly sent: number[] = [];
  bufferedAmount = 0;
  readyState: MessageSocket["readyState"] = 1;
  onmessage: MessageSocket["onmessage"] = null;
  onclose: MessageSocket["onclose"] = null;

  send(data: unknown): void {
    this.sent.push((data as Uint8Array).length);
  }

  close(): void {
    this.end();
  }

  receive(...bytes: number[]): void {
    const event = new MessageEvent("message", { data: new Uint8Array(bytes).buffer });
    this.onmessage?.call(this as unknown as WebSocket, event);
  }

  end(): void {
    this.readyState = 3;
    this.onclose?.call(this as unknown as WebSocket, new CloseEvent("close"));
  }
}

function opened(): { fake: FakeWebSocket; socket: BrowserSocket } {
  const fake = new FakeWebSocket();
  return { fake, socket: new BrowserSocket(fake) };
}

/** Reads up to `size` bytes. */
async function readSome(socket: BrowserSocket, size: number): Promise<number[] | null> {
  const into = new Uint8Array(size);
  const count = await socket.read(into);
  return count === null ? null : [...into.subarray(0, count)];
}

Deno.test("BrowserSocket.read: hands on bytes whatever messages they came in, then the end", async () => {
  const { fake, socket } = opened();
  fake.receive(1, 2, 3);
  fake.receive(4);
  assertEquals(await readSome(socket, 2), [1, 2]);
  assertEquals(await readSome(socket, 9), [3]);
  assertEquals(await readSome(socket, 9), [4]);
  const pending = readSome(socket, 9);
  fake.receive(5);
  assertEquals(await pending, [5]);
  const last = readSome(socket, 9);
  fake.end();
  assertEquals(await last, null);
});

Deno.test("BrowserSocket.write: waits while the browser holds back much", async () => {
  const { fake, socket } = opened();
  assertEquals(await socket.write(new Uint8Array(3)), 3);
  assertEquals(await socket.write(new Uint8Array(100_000)), 100_000);
  fake.bufferedAmount = 4 * 1024 * 1024 + 1;
  const blocked = socket.write(new Uint8Array(4));
  await flushTasks();
  assertEquals(fake.sent, [3, 100_000]);
  fake.bufferedAmount = 4 * 1024 * 1024;
  assertEquals(await blocked, 4);
  fake.bufferedAmount = Infinity;
  const lost = socket.write(new Uint8Array(5));
  fake.end();
  await assertRejects(() => lost, ConnectionError);
});

Deno.test("BrowserSocket.close: ends a pending read and later writes", async () => {
  const { socket } = opened();
  const pending = socket.read(new Uint8Array(1));
  socket.close();
  await assertRejects(() => pending, ConnectionError);
  await assertRejects(() => socket.write(new Uint8Array(1)), ConnectionError);
});

Deno.test("qrPath: draws the finder patterns of a code of the right size", () => {
  const { size, path } = qrPath("http://192.168.0.10:5555/");
  assertEquals((size - 4 - 17) % 4, 0);
  assert(path.startsWith("M2 2h1v1h-1zM3 2"));
});
