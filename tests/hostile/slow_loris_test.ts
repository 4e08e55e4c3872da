import { assert, assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { clientHello } from "../helpers/client_hello.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { jsonFrame } from "../helpers/protocol2_peer.ts";
import type { RawPeer } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";

const PEERS = 200;
/** A login beside slow peers takes a fraction of a second; a busy machine may need longer. */
const LOGIN_MS = 5_000 * PATIENCE;
const HELLO = jsonFrame("HELO", { protocol: 2, agent: "slow" });

/** Peers that are all connected. Disposal stops their sending, and closes them. */
class SlowPeers implements AsyncDisposable {
  readonly peers: RawPeer[] = [];
  #sending: Promise<unknown> = Promise.resolve();
  #isOver = false;

  static async connect(count: number, connect: () => Promise<RawPeer>): Promise<SlowPeers> {
    const slow = new SlowPeers();
    for (let i = 0; i < count; i += 50) {
      const lane = Array.from({ length: Math.min(50, count - i) }, () => connect());
      slow.peers.push(...await Promise.all(lane));
    }
    return slow;
  }

  /** Every peer sends a byte per `everyMs`, until the server closes. */
  trickle(bytes: Uint8Array, everyMs: number): void {
    this.#sending = Promise.all(
      this.peers.map(async (peer) => {
        for (let i = 0; i < bytes.length && !this.#isOver; i++) {
          await peer.conn.write(bytes.subarray(i, i + 1));
          await new Promise((resolve) => setTimeout(resolve, everyMs));
        }
      }).map((sending) => sending.catch(() => {})),
    ); // The server has closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#sending;
    for (const peer of this.peers) peer.close();
  }
}

/** Checks that an account connects and logs in, in time: the fastest of three attempts. */
async function assertLogsIn(abused: AbusedServer): Promise<void> {
  const tookMs: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const startMs = performance.now();
    using peer = await abused.connectAndLogIn();
    tookMs.push(performance.now() - startMs);
    await peer.assertLives();
    await peer.quit();
  }
  assert(Math.min(...tookMs) <= LOGIN_MS, `logins took ${tookMs.map(Math.round)} ms`);
}

for (const where of ["without TLS, for accounts", "under TLS, for accounts"]) {
  Deno.test(`slow loris: an account logs in beside ${PEERS} peers that send HELO byte by byte, ${where}`, async () => {
    const limits = { controlFrameMs: 2_000 };
    await using abused = await AbusedServer.start(SETTINGS[where]!, { limits });
    await assertLogsIn(abused);
    {
      await using slow = await SlowPeers.connect(PEERS, () => abused.connect());
      slow.trickle(HELLO, 150);
      await until(() => abused.server.server.clients.length >= PEERS, "all peers to be connected");
      await assertLogsIn(abused);
      // The server closes connections whose frame exceeds controlFrameMs
      await until(() => abused.server.server.clients.length === 0, "all peers to be closed");
    }
    const reasons = abused.server.eventsOf("disconnected").map(({ reason }) => reason);
    assertEquals(reasons.filter((reason) => reason === "too-slow").length, PEERS);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}

Deno.test("slow loris: an account logs in beside 200 peers that send HELO and never log in", async () => {
  const setting = SETTINGS["without TLS, for accounts"]!;
  await using abused = await AbusedServer.start(setting, { limits: { loginMs: 1_000 } });
  await assertLogsIn(abused);
  {
    await using slow = await SlowPeers.connect(PEERS, () => abused.connect());
    for (const peer of slow.peers) await peer.send(HELLO);
    await assertLogsIn(abused);
    await until(() => abused.server.server.clients.length === 0, "all peers to be closed");
  }
  const reasons = abused.server.eventsOf("disconnected").map(({ reason }) => reason);
  assertEquals(reasons.filter((reason) => reason === "unauthenticated").length, PEERS);
  await abused.assertNothingLeft();
});

/** The part of the handshake that peers send before they stop. */
const PARTIAL_HANDSHAKES: Record<string, (hello: Uint8Array) => Uint8Array> = {
  "send nothing": () => new Uint8Array(0),
  "send the first byte of a handshake": (hello) => hello.subarray(0, 1),
  "send half a ClientHello": (hello) => hello.subarray(0, hello.length / 2),
  "stop after a ClientHello": (hello) => hello,
};

for (const [what, cut] of Object.entries(PARTIAL_HANDSHAKES)) {
  // 600 exceeds the limit of concurrent handshakes
  for (const count of [PEERS, 600]) {
    Deno.test(`slow loris: an account logs in under TLS beside ${count} peers that ${what}`, async () => {
      await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
      const bytes = cut(await clientHello());
      await assertLogsIn(abused);
      {
        await using slow = await SlowPeers.connect(count, () => abused.server.connect());
        for (const peer of slow.peers) await peer.send(bytes);
        await assertLogsIn(abused);
      }
      await abused.assertServesOn();
      await abused.assertNothingLeft();
    });
  }
}

Deno.test("slow loris: an account logs in beside 200 peers that send a ClientHello byte by byte", async () => {
  await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
  const hello = await clientHello();
  await assertLogsIn(abused);
  {
    await using slow = await SlowPeers.connect(PEERS, () => abused.server.connect());
    slow.trickle(hello, 100);
    await assertLogsIn(abused);
  }
  await abused.assertServesOn();
  await abused.assertNothingLeft();
});
