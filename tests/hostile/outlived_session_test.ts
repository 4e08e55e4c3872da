import { assert, assertEquals } from "@std/assert";
import { AbusedServer, logIn, SETTINGS } from "../helpers/abused_server.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";

const CONTENT = patternedBytes(3_000_000);
const HALF = CONTENT.length / 2;

/** Ends of a control connection whose data connections stay open. */
const ENDS: Record<
  string,
  (main: Protocol2Peer, abused: AbusedServer) => Promise<void> | void
> = {
  "quits": (main) => main.quit(),
  "closes": (main) => main.raw.close(),
  "breaks the protocol": async (main) => {
    await main.raw.sendFrame("LIST", "no JSON");
    assertEquals(await main.failsAndEnds(), "bad-request");
  },
  "is kicked": async (main, { server: { server } }) => {
    assert(server.kick(server.clients[0]!.nick, "go"));
    await main.readToEnd();
    main.raw.close();
  },
};

/** The bytes of the upload that are sent before the control connection ends. */
const STAGES: Record<string, number> = {
  "before its data": 0,
  "in the middle of its data": HALF,
  "before FEND": CONTENT.length,
};

for (const where of ["without TLS, for all", "under TLS, for accounts"]) {
  for (const [how, end] of Object.entries(ENDS)) {
    Deno.test(`outlived session: the server drops the upload of a client that ${how}, ${where}`, async () => {
      await using abused = await AbusedServer.start(SETTINGS[where]!);
      let clients = 0;
      for (const [when, bytes] of Object.entries(STAGES)) {
        using main = await abused.connectAndLogIn();
        using data = await abused.greet({ attach: main.session });
        using idle = await abused.greet({ attach: main.session });
        const id = await data.ask("FPUT", { path: "a.bin", size: CONTENT.length });
        await data.expect("REDY");
        await data.raw.send(...dataFrames(CONTENT.subarray(0, bytes)));
        await data.assertLives();
        await end(main, abused);
        // The rest of the upload arrives too late
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

Deno.test("outlived session: the server closes the data connections of a client that quits, and frees workers", async () => {
  await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
  using other = await abused.connectAndLogIn();
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
  await other.assertLives();
  await other.quit();
  await abused.assertServesOn();
  await abused.assertNothingLeft();
  assertEquals(abused.server.root.list(), ["still-here.bin"]);
});

Deno.test("outlived session: the server applies a login to attached data connections until the client ends", async () => {
  await using abused = await AbusedServer.start(SETTINGS["under TLS, for accounts"]!);
  using main = await abused.greet();
  using data = await abused.greet({ attach: main.session });
  assertEquals(await data.refusal("LIST", { path: "" }), "unauthenticated");
  // A data connection cannot log in
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
