import { assert, assertEquals } from "@std/assert";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { AbusedServer, logIn, SETTINGS } from "../helpers/abused_server.ts";
import { clientHello } from "../helpers/client_hello.ts";
import { PATIENCE } from "../helpers/deadline.ts";
import { Detour, HAS_OTHER_ADDRESS, OTHER_ADDRESS } from "../helpers/other_address.ts";
import { type RawPeer, textOf } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";

const ignore = !HAS_OTHER_ADDRESS;
/** More than the limit of an address. */
const CONNECTIONS = 300;
/** A login during the flood takes a fraction of a second; a busy machine may need longer. */
const LOGIN_MS = 5_000 * PATIENCE;

/**
 * Connects continuously, and keeps as many connections as it can. Disposal stops it after at least
 * `least` connects.
 */
class Flood implements AsyncDisposable {
  connects = 0;
  readonly #kept: RawPeer[] = [];
  readonly #flooding: Promise<unknown>;
  readonly #least: number;
  #isOver = false;

  /** @param begin sends the first bytes of a connection */
  constructor(abused: AbusedServer, begin: (peer: RawPeer) => Promise<void>, least: number) {
    this.#least = least;
    const lane = async () => {
      while (!this.#isOver || this.connects < this.#least) {
        const peer = await abused.server.connect();
        this.connects++;
        this.#kept.push(peer);
        await begin(peer).catch(() => {}); // The server is full
        if (this.#kept.length > 2 * CONNECTIONS) this.#kept.shift()!.close();
      }
    };
    this.#flooding = Promise.all([lane(), lane(), lane(), lane()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#flooding;
    for (const peer of this.#kept) peer.close();
  }
}

/** Resolves once the server has closed all connections of the flood. */
async function waitUntilEmpty({ server }: AbusedServer): Promise<void> {
  await until(() => server.server.clients.length === 0, "the flood's connections to be gone");
}

/** Checks that a client at the other address enters in time: the fastest of three. */
async function assertOtherEnters(abused: AbusedServer, detour: Detour): Promise<void> {
  const tookMs: number[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const startMs = performance.now();
    using peer = await abused.connectAndLogIn(detour.port);
    tookMs.push(performance.now() - startMs);
    await peer.quit();
  }
  assert(Math.min(...tookMs) <= LOGIN_MS, `logins took ${tookMs.map(Math.round)} ms`);
  const addresses = abused.server.eventsOf("connected").map(({ address }) => address);
  assert(addresses.includes(OTHER_ADDRESS), "no client connected from the other address");
}

Deno.test({
  name: "connect flood: the server accepts other addresses while an address is at maxPerAddress",
  ignore,
  async fn() {
    for (const where of ["without TLS, for accounts", "under TLS, for accounts"]) {
      await using abused = await AbusedServer.start(SETTINGS[where]!, { maxPerAddress: 50 });
      const peers: RawPeer[] = [];
      try {
        for (let i = 0; i < 50; i++) peers.push(await abused.connect());
        await abused.server.waitFor("connected", ({ client }) => client === 50);
        using late = await abused.connect();
        const answer = (await late.readToEnd()).map(textOf);
        assertEquals(answer, ["This address has too many connections"]);
        await using detour = await Detour.open(abused.port);
        await assertOtherEnters(abused, detour);
        await abused.assertServesOn(detour.port);
      } finally {
        for (const peer of peers) peer.close();
      }
      await abused.assertNothingLeft();
    }
  },
});

for (const where of ["without TLS, for all", "without TLS, for accounts"]) {
  Deno.test({
    name: `connect flood: the server serves another address during a flood of connects, ${where}`,
    ignore,
    async fn() {
      await using abused = await AbusedServer.start(SETTINGS[where]!);
      {
        await using detour = await Detour.open(abused.port);
        await assertOtherEnters(abused, detour);
        await using _flood = new Flood(abused, () => Promise.resolve(), 2 * CONNECTIONS);
        await abused.server.waitFor("refused", ({ code }) => code === "server-full");
        await assertOtherEnters(abused, detour);
        await abused.assertServesOn(detour.port);
      }
      await waitUntilEmpty(abused);
      await abused.assertServesOn();
      await abused.assertNothingLeft();
    },
  });
}

Deno.test({
  name: "connect flood: the server serves another address during a flood of TLS handshakes",
  ignore,
  async fn() {
    await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
    const hello = await clientHello();
    for (const begin of [new Uint8Array(0), hello.subarray(0, 100), hello]) {
      await using detour = await Detour.open(abused.port);
      await assertOtherEnters(abused, detour);
      const startOf = (peer: RawPeer) => peer.send(begin);
      await using flood = new Flood(abused, startOf, 2 * CONNECTIONS);
      await assertOtherEnters(abused, detour);
      await abused.assertServesOn(detour.port);
      assert(flood.connects > 10, "there was no flood");
    }
    await waitUntilEmpty(abused);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  },
});

Deno.test({
  name: "password guesses: the server does not delay the account's logins from another address",
  ignore,
  async fn() {
    await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
    const wrong = new ScramPassword("wrong horse");
    const guessers = await Promise.all(Array.from({ length: 3 }, () => abused.greet()));
    // The first guess fails at once, the others after growing delays
    const guesses = guessers.map((peer) => logIn(peer, "alice", wrong).catch((error) => error));
    const first = await Promise.race(guesses);
    assert(String(first).includes("auth-failed"), String(first));
    {
      await using detour = await Detour.open(abused.port);
      await assertOtherEnters(abused, detour);
      await abused.assertServesOn(detour.port);
    }
    for (const peer of guessers) peer.raw.close();
    await Promise.all(guesses);
    await abused.assertNothingLeft();
    assertEquals(new Set(abused.server.eventsOf("login").map((e) => e.address)).size, 1);
  },
});
