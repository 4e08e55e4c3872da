import { assert, assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS } from "../helpers/abused_server.ts";
import { jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";

const GUESSES = 200;

/** Wrong sessions, some with only one wrong character. */
function guessesAt(session: string): string[] {
  const digit = (at: number) => session[at] === "0" ? "1" : "0";
  const wrongAt = (at: number) => session.slice(0, at) + digit(at) + session.slice(at + 1);
  return [
    ...Array.from(session, (_, at) => wrongAt(at)),
    session.slice(0, -1),
    session.slice(1),
    `${session}0`,
    ` ${session}`,
    `${session}\0`,
    session.toUpperCase() === session ? "A" : session.toUpperCase(),
    session + session,
    "",
    "x".repeat(60_000),
    "0".repeat(session.length),
    "1",
    "constructor",
    "__proto__",
  ];
}

/** Attaches, checks that the server refuses it, and returns the message of FAIL. */
async function assertRefused(abused: AbusedServer, attach: unknown): Promise<string> {
  using peer = new Protocol2Peer(await abused.connect());
  await peer.raw.send(
    jsonFrame("HELO", { protocol: 2, attach }),
    // The server does not execute requests behind the refused HELO
    jsonFrame("FPUT", { id: 1, path: "stolen.txt", size: 0 }),
    jsonFrame("MKDR", { id: 2, path: "stolen" }),
  );
  const answer = await peer.read();
  assertEquals([answer?.type, answer?.json.id, answer?.json.code], [
    "FAIL",
    null,
    "unauthenticated",
  ]);
  assertEquals(await peer.readToEnd(), []);
  peer.raw.close();
  return String(answer?.json.message);
}

for (const where of Object.keys(SETTINGS)) {
  Deno.test(`guessed session: the server refuses every guess with the same message, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    using owner = await abused.connectAndLogIn();
    const messages = new Set<string>();
    for (const guess of guessesAt(owner.session)) {
      messages.add(await assertRefused(abused, guess));
    }
    assertEquals(messages.size, 1);
    // The valid session still works
    using data = await abused.greet({ attach: owner.session });
    await data.put("a.txt", "a");
    await owner.assertLives();
    await owner.quit();
    await data.raw.ended();
    data.raw.close();
    assertEquals(abused.server.root.list().filter((name) => name !== ".tcp-chat"), ["a.txt"]);
    const hellos = abused.server.eventsOf("hello").filter(({ of }) => of !== undefined);
    assertEquals(hellos.length, 1);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}

Deno.test("guessed session: the server answers a session that is not a string with bad-request", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for all"]!);
  using owner = await abused.connectAndLogIn();
  for (const attach of [5, true, [owner.session], { session: owner.session }, 0, false]) {
    using peer = new Protocol2Peer(await abused.connect());
    await peer.send("HELO", { protocol: 2, attach });
    assertEquals(await peer.fail(null), "bad-request");
  }
  assertEquals(abused.server.eventsOf("hello").length, 1);
});

Deno.test("guessed session: the server refuses ended sessions, and sessions of another server", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for all"]!);
  await using other = await AbusedServer.start(SETTINGS["without TLS, for all"]!);
  using elsewhere = await other.connectAndLogIn();
  await assertRefused(abused, elsewhere.session);
  const former: string[] = [];
  for (let i = 0; i < 20; i++) {
    using peer = await abused.connectAndLogIn();
    former.push(peer.session);
    await peer.quit();
  }
  await abused.server.waitFor("disconnected", ({ client }) => client === 21);
  for (const session of former) await assertRefused(abused, session);
});

Deno.test("guessed session: the server refuses close guesses as fast as others", async () => {
  await using abused = await AbusedServer.start(SETTINGS["without TLS, for all"]!);
  using owner = await abused.connectAndLogIn();
  const { session } = owner;
  const last = session.endsWith("0") ? "1" : "0";
  const kinds = { far: "f".repeat(32), close: session.slice(0, -1) + last };
  const tookMs = { far: [] as number[], close: [] as number[] };
  for (let i = 0; i < GUESSES; i++) {
    for (const kind of ["far", "close"] as const) {
      const startMs = performance.now();
      await assertRefused(abused, kinds[kind]);
      tookMs[kind].push(performance.now() - startMs);
    }
  }
  // Sessions are keys of a Map: the test only shows that the server delays no kind of guess
  const [far, close] = [medianOf(tookMs.far), medianOf(tookMs.close)];
  assert(Math.abs(far - close) < 0.5 * Math.max(far, close) + 1, `${far} ms, ${close} ms`);
  await owner.assertLives();
});

function medianOf(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
