import { assert, assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { clientHello } from "../helpers/client_hello.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { jsonFrame } from "../helpers/protocol2_peer.ts";
import type { RawPeer } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";

const LORISES = 200;
/** A login beside the crowd takes a part of a second; a busy machine may take longer. */
const LOGIN_MS = 5_000 * PATIENCE;
const HELLO = jsonFrame("HELO", { protocol: 2, agent: "slow" });

/** A crowd that is connected all at once. Disposal stops what it does, and hangs up. */
class Crowd implements AsyncDisposable {
  readonly peers: RawPeer[] = [];
  #sending: Promise<unknown> = Promise.resolve();
  #isOver = false;

  static async gather(count: number, connect: () => Promise<RawPeer>): Promise<Crowd> {
    const crowd = new Crowd();
    for (let i = 0; i < count; i += 50) {
      const lane = Array.from({ length: Math.min(50, count - i) }, () => connect());
      crowd.peers.push(...await Promise.all(lane));
    }
    return crowd;
  }

  /** Each peer sends a byte now and then, as long as the server takes them. */
  trickle(bytes: Uint8Array, everyMs: number): void {
    this.#sending = Promise.all(
      this.peers.map(async (peer) => {
        for (let i = 0; i < bytes.length && !this.#isOver; i++) {
          await peer.conn.write(bytes.subarray(i, i + 1));
          await new Promise((resolve) => setTimeout(resolve, everyMs));
        }
      }).map((sending) => sending.catch(() => {})),
    ); // The server has hung up
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#sending;
    for (const peer of this.peers) peer.close();
  }
}

/** Makes sure that an account gets in, all the way from connecting, in time: the best of three. */
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
  Deno.test(`an account logs in beside ${LORISES} who say HELO byte by byte, ${where}`, async () => {
    const limits = { controlFrameMs: 2_000 };
    await using abused = await AbusedServer.start(SETTINGS[where]!, { limits });
    await assertLogsIn(abused);
    {
      await using crowd = await Crowd.gather(LORISES, () => abused.connect());
      crowd.trickle(HELLO, 150);
      await until(() => abused.server.server.clients.length >= LORISES, "all to be in");
      await assertLogsIn(abused);
      // Whoever takes too long for one frame is hung up on
      await until(() => abused.server.server.clients.length === 0, "all to be given up");
    }
    const reasons = abused.server.eventsOf("disconnected").map(({ reason }) => reason);
    assertEquals(reasons.filter((reason) => reason === "too-slow").length, LORISES);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}

Deno.test("an account logs in beside 200 who said HELO and never log in", async () => {
  const setting = SETTINGS["without TLS, for accounts"]!;
  await using abused = await AbusedServer.start(setting, { limits: { loginMs: 1_000 } });
  await assertLogsIn(abused);
  {
    await using crowd = await Crowd.gather(LORISES, () => abused.connect());
    for (const peer of crowd.peers) await peer.send(HELLO);
    await assertLogsIn(abused);
    await until(() => abused.server.server.clients.length === 0, "all to be given up");
  }
  const reasons = abused.server.eventsOf("disconnected").map(({ reason }) => reason);
  assertEquals(reasons.filter((reason) => reason === "unauthenticated").length, LORISES);
  await abused.assertNothingLeft();
});

/** How far peers get into the handshake before they stop. */
const HALTS: Record<string, (hello: Uint8Array) => Uint8Array> = {
  "say nothing at all": () => new Uint8Array(0),
  "send the first byte of a handshake": (hello) => hello.subarray(0, 1),
  "send half a ClientHello": (hello) => hello.subarray(0, hello.length / 2),
  "send a ClientHello, and nothing more": (hello) => hello,
};

for (const [what, cut] of Object.entries(HALTS)) {
  // More than there may be handshakes at once
  for (const count of [LORISES, 600]) {
    Deno.test(`an account logs in under TLS beside ${count} who ${what}`, async () => {
      await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
      const bytes = cut(await clientHello());
      await assertLogsIn(abused);
      {
        await using crowd = await Crowd.gather(count, () => abused.server.connect());
        for (const peer of crowd.peers) await peer.send(bytes);
        await assertLogsIn(abused);
      }
      await abused.assertServesOn();
      await abused.assertNothingLeft();
    });
  }
}

Deno.test("an account logs in under TLS beside 200 who send a ClientHello byte by byte", async () => {
  await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
  const hello = await clientHello();
  await assertLogsIn(abused);
  {
    await using crowd = await Crowd.gather(LORISES, () => abused.server.connect());
    crowd.trickle(hello, 100);
    await assertLogsIn(abused);
  }
  await abused.assertServesOn();
  await abused.assertNothingLeft();
});
