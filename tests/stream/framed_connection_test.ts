import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionError, ProtocolError } from "../../lib/protocol/errors.ts";
import { encodeFrame } from "../../lib/protocol/frames.ts";
import { type ConnectionLimits, FramedConnection } from "../../lib/stream/framed_connection.ts";
import { formatAddress } from "../../lib/stream/ip_address.ts";
import { closeSocket } from "../../lib/stream/socket.ts";
import { within } from "../helpers/deadline.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { plain, plainFrame } from "../helpers/frames.ts";
import { connectedPair, RawPeer, textOf } from "../helpers/raw_peer.ts";

/** A connection with a raw peer at its other end. */
class Fixture implements Disposable {
  readonly peer: RawPeer;
  readonly connection: FramedConnection;
  /** The reasons passed to `onClose`. */
  readonly reasons: unknown[] = [];
  readonly #closed = Promise.withResolvers<unknown>();

  private constructor(ours: Deno.TcpConn, theirs: Deno.TcpConn, limits: ConnectionLimits) {
    this.peer = new RawPeer(theirs);
    this.connection = new FramedConnection(ours, (reason) => {
      this.reasons.push(reason);
      this.#closed.resolve(reason);
    }, limits);
  }

  static async open(limits: ConnectionLimits = {}): Promise<Fixture> {
    return new Fixture(...await connectedPair(), limits);
  }

  /** Resolves to the reason once the connection is closed. */
  closed(): Promise<unknown> {
    return within(this.#closed.promise, "the connection to close");
  }

  [Symbol.dispose](): void {
    this.connection.close("over");
    this.peer.close();
  }
}

/** More than the buffers of both sides hold. */
const MORE_THAN_FITS = new Uint8Array(32 * 1_024 * 1_024);

Deno.test("FramedConnection: carries frames both ways", async () => {
  using fixture = await Fixture.open();
  const { connection, peer } = fixture;
  await peer.sendFrame("CHAT", "hi");
  assertEquals(plain((await connection.reader.read())!), plainFrame("CHAT", "hi"));
  connection.writer.send(encodeFrame("CHAT", "ho"));
  assertEquals(textOf((await peer.readFrame())!), "ho");
});

Deno.test("FramedConnection: keeps writing after the peer has stopped sending", async () => {
  using fixture = await Fixture.open();
  const { connection, peer } = fixture;
  await peer.sendFrame("FILE", "a");
  await peer.closeWrite();
  await connection.reader.read();
  assertEquals(await connection.reader.read(), null);
  await connection.writer.sendBulk(encodeFrame("FDAT", "answer"));
  assertEquals(textOf((await peer.readFrame())!), "answer");
  assertEquals(connection.isClosed, false);
});

Deno.test("FramedConnection.close: reports its reason once, and ends every wait", async () => {
  using fixture = await Fixture.open();
  const { connection, peer } = fixture;
  const reading = connection.reader.read().catch((error) => error);
  const writing = connection.writer.sendBulk(MORE_THAN_FITS);
  const rejected = assertRejects(() => writing, ConnectionError, "closed");
  connection.close("why");
  connection.close("why else");
  assertEquals((await rejected).code, "lost");
  await within(reading, "the read to end");
  await within(connection.writer.flushed(), "the writer to stop");
  assertEquals(fixture.reasons, ["why"]);
  assert(connection.isClosed);
  await peer.ended();
});

Deno.test("FramedConnection.close: drops queued frames, and keeps sent ones", async () => {
  using fixture = await Fixture.open();
  const { connection } = fixture;
  connection.writer.send(encodeFrame("CHAT", "first"));
  await connection.writer.flushed();
  connection.close(null);
  connection.writer.send(encodeFrame("CHAT", "late"));
  assertEquals((await fixture.peer.readToEnd()).map(textOf), ["first"]);
});

Deno.test("FramedConnection.closeGracefully: delivers everything queued, including the last frame", async () => {
  using fixture = await Fixture.open();
  const { connection, peer } = fixture;
  const reading = peer.readToEnd();
  connection.writer.sendBulk(encodeFrame("FDAT", new Uint8Array(8_192)));
  for (let i = 0; i < 100; i++) connection.writer.send(encodeFrame("CHAT", `${i}`));
  const finishing = connection.closeGracefully("done");
  const frames = await reading;
  assertEquals(frames.length, 101);
  peer.close();
  await finishing;
  assertEquals(fixture.reasons, ["done"]);
});

Deno.test("FramedConnection.closeGracefully: delivers the last frame despite unread input", async () => {
  using fixture = await Fixture.open();
  const { connection, peer } = fixture;
  await peer.send(new Uint8Array(64 * 1_024)); // Closing on these would reset it
  await connection.writer.sendBulk(encodeFrame("FDAT", new Uint8Array(1_024 * 1_024)));
  connection.writer.send(encodeFrame("FERR", "too large"));
  const finishing = connection.closeGracefully("done");
  await flushTasks(); // Part of it is still in this machine's buffers
  const frames = await peer.readToEnd();
  assertEquals(frames.map(({ type }) => type), ["FDAT", "FERR"]);
  assertEquals(textOf(frames[1]!), "too large");
  peer.close();
  await finishing;
});

Deno.test("FramedConnection.closeGracefully: gives up on a peer that sends without end", async () => {
  using fixture = await Fixture.open();
  const flood = fixture.peer.send(MORE_THAN_FITS).catch((error) => error);
  await within(fixture.connection.closeGracefully("done"), "closeGracefully to give up");
  assertInstanceOf(await flood, Error);
});

Deno.test("FramedConnection.closeGracefully: ends at once when the connection is closed", async () => {
  using fixture = await Fixture.open();
  const { connection } = fixture;
  connection.writer.sendBulk(MORE_THAN_FITS).catch(() => {});
  const finishing = connection.closeGracefully("done");
  connection.close("sooner");
  await within(finishing, "closeGracefully to end");
  assertEquals(fixture.reasons, ["sooner"]);
});

Deno.test("FramedConnection: closes with slow-consumer when too much waits", async () => {
  using fixture = await Fixture.open({ outboundBytes: 1_000 });
  const { writer } = fixture.connection;
  writer.sendBulk(MORE_THAN_FITS).catch(() => {});
  writer.send(new Uint8Array(1_000));
  assertEquals(fixture.reasons, []);
  writer.send(new Uint8Array(1));
  assertEquals(await fixture.closed(), "slow-consumer");
});

Deno.test("FramedConnection: closes with the error of a write to a lost peer", async () => {
  using fixture = await Fixture.open();
  fixture.peer.close();
  const writing = async () => {
    for (;;) await fixture.connection.writer.sendBulk(encodeFrame("CHAT", "lost?"));
  };
  const error = await assertRejects(writing);
  assertEquals(await fixture.closed(), error);
  assertEquals(fixture.reasons.length, 1);
});

Deno.test("FramedConnection: passes its limits to the reader", async () => {
  using fixture = await Fixture.open({ controlBytes: 3 });
  await fixture.peer.sendFrame("CHAT", "abc");
  await fixture.connection.reader.read();
  await fixture.peer.sendFrame("CHAT", "abcd");
  const error = await assertRejects(() => fixture.connection.reader.read(), ProtocolError);
  assertEquals(error.code, "too-large");
});

Deno.test("closeSocket: accepts a closed socket", async () => {
  using fixture = await Fixture.open();
  closeSocket(fixture.peer.conn);
  closeSocket(fixture.peer.conn);
});

Deno.test("formatAddress: shows IPv4 addresses as such on a dual-stack socket", () => {
  const format = (hostname: string) => formatAddress({ transport: "tcp", hostname, port: 1 });
  assertEquals(format("127.0.0.1"), "127.0.0.1");
  assertEquals(format("::ffff:192.0.2.7"), "192.0.2.7");
  assertEquals(format("::FFFF:192.0.2.7"), "192.0.2.7");
  assertEquals(format("::ffff:c000:207"), "192.0.2.7");
  assertEquals(format("2001:db8::1"), "2001:db8::1");
  assertEquals(formatAddress({ transport: "unix", path: "/x" }), "unix");
});
