import { assert, assertEquals } from "@std/assert";
import { AbusedServer, logIn, SETTINGS } from "../helpers/abused_server.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";

const CONTENT = patternedBytes(3_000_000);
const HALF = CONTENT.length / 2;

/** How a client goes, whose data connections stay. */
const DEPARTURES: Record<
  string,
  (main: Protocol2Peer, abused: AbusedServer) => Promise<void> | void
> = {
  "takes its leave": (main) => main.quit(),
  "hangs up": (main) => main.raw.close(),
  "breaks the rules": async (main) => {
    await main.raw.sendFrame("LIST", "no JSON");
    assertEquals(await main.failsAndEnds(), "bad-request");
  },
  "is kicked": async (main, { server: { server } }) => {
    assert(server.kick(server.clients[0]!.nick, "go"));
    await main.readToEnd();
    main.raw.close();
  },
};

/** What of the upload is sent before the client goes. */
const MOMENTS: Record<string, number> = {
  "before its data": 0,
  "in the middle of its data": HALF,
  "with all data there but FEND": CONTENT.length,
};

for (const where of ["without TLS, for all", "under TLS, for accounts"]) {
  for (const [how, depart] of Object.entries(DEPARTURES)) {
    Deno.test(`an upload over a data connection whose client ${how} is not placed, ${where}`, async () => {
      await using abused = await AbusedServer.start(SETTINGS[where]!);
      let clients = 0;
      for (const [when, bytes] of Object.entries(MOMENTS)) {
        using main = await abused.connectAndLogIn();
        using data = await abused.greet({ attach: main.session });
        using idle = await abused.greet({ attach: main.session });
        const id = await data.ask("FPUT", { path: "a.bin", size: CONTENT.length });
        await data.expect("REDY");
        await data.raw.send(...dataFrames(CONTENT.subarray(0, bytes)));
        await data.assertLives();
        await depart(main, abused);
        // What is sent behind that comes too late
        const rest = [
          ...dataFrames(CONTENT.subarray(bytes)),
          jsonFrame("FEND", { id, sha256: sha256Of(CONTENT) }),
        ];
        await abused.server.waitFor("disconnected", (e) => e.client === clients + 1);
        await data.raw.send(...rest).catch(() => {});
        await data.raw.ended();
        await idle.raw.ended();
        for (const client of [clients + 2, clients + 3]) {
          const gone = await abused.server.waitFor("disconnected", (e) => e.client === client);
          assertEquals(gone.reason, "session-ended", when);
        }
        clients += 3;
        assertEquals(abused.server.root.list().filter((name) => name !== ".tcp-chat"), [], when);
      }
      assertEquals(abused.server.eventsOf("upload"), []);
      await abused.assertServesOn();
      await abused.assertNothingLeft();
    });
  }
}

Deno.test("all data connections of a client that goes end, and free their workers", async () => {
  await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
  using stranger = await abused.connectAndLogIn();
  using main = await abused.connectAndLogIn();
  const links: Protocol2Peer[] = [];
  for (let i = 0; i < 8; i++) {
    const link = await abused.greet({ attach: main.session });
    links.push(link);
    await link.ask("FPUT", { path: `${i}.bin`, size: CONTENT.length });
    await link.expect("REDY");
    await link.raw.send(...dataFrames(CONTENT.subarray(0, HALF)));
  }
  assertEquals(abused.server.server.gauges(0).dataConnections, 8);
  await main.quit();
  for (const link of links) await link.raw.ended();
  for (const link of links) link.raw.close();
  await stranger.assertLives();
  await stranger.quit();
  await abused.assertServesOn();
  await abused.assertNothingLeft();
  assertEquals(abused.server.root.list(), [".tcp-chat", "still-here.bin"]);
});

Deno.test("a login behind an attachment is that of all its data connections, and ends with it", async () => {
  await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
  using main = await abused.greet();
  using data = await abused.greet({ attach: main.session });
  assertEquals(await data.refusal("LIST", { path: "" }), "unauthenticated");
  // It cannot log in for its client
  const first = btoa("n,,n=alice,r=abcdefghij");
  assertEquals(await data.refusal("AUTH", { data: first }), "bad-request");
  assertEquals(await data.refusal("LIST", { path: "" }), "unauthenticated");
  await logIn(main);
  await data.put("a.txt", "a");
  const { session } = main;
  await main.quit();
  await data.raw.ended();
  using late = new Protocol2Peer(await abused.connect());
  await late.send("HELO", { protocol: 2, attach: session });
  assertEquals(await late.failsAndEnds(), "unauthenticated");
  data.raw.close();
  await abused.assertNothingLeft();
});
