import { assertEquals } from "@std/assert";
import { SessionPace } from "../../lib/server/session/session_pace.ts";
import { FramedConnection } from "../../lib/stream/framed_connection.ts";
import { Pacer } from "../../lib/stream/pacer.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { TestPaceClock } from "../helpers/pace_clock.ts";
import { connectedPair, RawPeer } from "../helpers/raw_peer.ts";

const DATA = { kind: "data", bytes: new Uint8Array(16_384) } as const;

/** A paced session of client 1, its peer, and the time that its pacers know. */
async function startScene() {
  const [conn, socket] = await connectedPair();
  const clock = new TestPaceClock();
  const bandwidth = { sent: new Pacer(clock), received: new Pacer(clock) };
  for (const pacer of Object.values(bandwidth)) pacer.limits = { perClient: 16_384 };
  const connection = new FramedConnection(socket);
  const pace = new SessionPace(bandwidth, connection, { identity: { id: 1 } });
  return { clock, connection, pace, peer: new RawPeer(conn) };
}

Deno.test("SessionPace: sends PING while a peer's data wait, every 30 s at the most", async () => {
  using clock = new FakeClock();
  const scene = await startScene();
  using peer = scene.peer;
  await scene.pace.received({ kind: "data", bytes: new Uint8Array(65_536) }); // The burst
  for (let seconds = 0; seconds < 61; seconds++) {
    const received = scene.pace.received(DATA);
    clock.advance(1_000);
    scene.clock.advance(1_000);
    await received;
  }
  scene.connection.writer.send(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 81, 85, 73, 84]));
  const frames = await peer.readUntil("QUIT");
  assertEquals(frames.map(({ type }) => type), ["PING", "PING", "QUIT"]);
  scene.connection.close(null);
});

Deno.test("SessionPace: lets control frames pass, and all once it is closed", async () => {
  const { pace, connection, peer } = await startScene();
  assertEquals(pace.received({ kind: "control", type: "PING", payload: DATA.bytes }), null);
  const received = pace.received(DATA);
  const sent = connection.writer.sendBulk(new Uint8Array(16_384));
  pace.close();
  await received;
  await sent;
  assertEquals(pace.received(DATA), null);
  connection.close(null);
  peer[Symbol.dispose]();
});
