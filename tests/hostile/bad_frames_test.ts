import { assert, assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS, STAGES } from "../helpers/abused_server.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { jsonFrame } from "../helpers/protocol2_peer.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const CONTROL_BYTES = 65_536;
const DATA_BYTES = 1_048_576;

const FRAME = jsonFrame("LIST", { id: 1, path: "" });
/** Where frames are cut: in the size, in the type, before the payload and in it. */
const CUTS = [1, 7, 8, 11, 12, FRAME.length - 1];

const OVERSIZED: Array<[type: string, size: bigint]> = [
  ["LIST", BigInt(CONTROL_BYTES) + 1n],
  ["HELO", BigInt(CONTROL_BYTES) + 1n],
  ["AUTH", BigInt(CONTROL_BYTES) + 1n],
  ["QUIT", 2n ** 32n],
  ["XXXX", 2n ** 64n - 1n],
  ["FDAT", BigInt(DATA_BYTES) + 1n],
  ["FZST", 2n ** 63n],
];

for (const [where, setting] of Object.entries(SETTINGS)) {
  Deno.test(`half a frame ends that connection only, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    const { server } = abused;
    let ended = 0;
    for (const [when, connect] of Object.entries(STAGES)) {
      for (const cut of CUTS) {
        using peer = await connect(abused);
        await peer.raw.send(FRAME.subarray(0, cut));
        await peer.raw.closeWrite();
        // TLS calls an end without a farewell an error
        if (setting.tls) await peer.raw.ended();
        else assertEquals(await peer.readToEnd(), [], `${when}, cut after ${cut}`);
        ended++;
        await server.waitFor("disconnected", ({ client }) => client === ended);
      }
    }
    const reasons = new Set(server.eventsOf("disconnected").map(({ reason }) => reason));
    assertEquals([...reasons], ["truncated"]);
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`half a frame of a peer that vanishes leaves nothing, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    for (const connect of Object.values(STAGES)) {
      for (const cut of CUTS) {
        using peer = await connect(abused);
        await peer.raw.send(FRAME.subarray(0, cut));
      }
    }
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`oversized frames are told so and end the connection, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    const { server } = abused;
    using witness = await abused.connectAndLogIn();
    for (const [when, connect] of Object.entries(STAGES)) {
      for (const [type, size] of OVERSIZED) {
        using peer = await connect(abused);
        await peer.raw.send(rawFrame(type, "the beginning", size));
        const what = `${type} of ${size} ${when}`;
        if (when !== "before HELO") {
          assertEquals(await peer.failsAndEnds(), "too-large", what);
          continue;
        }
        const answers = await peer.raw.readToEnd();
        assertEquals(answers.map((frame) => frame.type), ["FERR"], what);
      }
    }
    await witness.assertLives();
    await witness.quit();
    await server.waitFor("disconnected", ({ client }) => client === 1);
    const reasons = server.eventsOf("disconnected").map(({ reason }) => reason);
    assertEquals(new Set(reasons), new Set(["too-large", "quit"]));
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`garbage ends only the connection that it comes over, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    using witness = await abused.connectAndLogIn();
    for (const connect of Object.values(STAGES)) {
      for (let seed = 1; seed <= 8; seed++) {
        using peer = await connect(abused);
        await peer.raw.send(patternedBytes(seed * 997, seed)).catch(() => {}); // It hangs up
        await peer.raw.ended();
      }
    }
    await witness.assertLives();
    await witness.quit();
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`frames of every type with a payload of noise do no harm, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    const types =
      "AUTH LIST STAT FGET FPUT MKDR FCAN NICK JOIN PART SEND WHOS ROOM HIST PING PONG" +
      " FEND EVNT FMET REDY DONE FAIL";
    for (const type of types.split(" ")) {
      using peer = await abused.greet();
      await peer.raw.sendFrame(type, patternedBytes(300, type.charCodeAt(1)));
      assertEquals(await peer.failsAndEnds(), "bad-request", type);
    }
    for (const type of ["FDAT", "FZST", "FEND"]) {
      using peer = await abused.connectAndLogIn();
      await peer.raw.sendFrame(type, type === "FEND" ? `{"id":1,"sha256":""}` : "data");
      const code = await peer.fail(null);
      assertEquals(code, "bad-request", type);
    }
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}

for (const accounts of [false, true]) {
  Deno.test(`bytes that are no TLS end only their own connection, accounts ${accounts}`, async () => {
    await using abused = await AbusedServer.start({ tls: true, accounts });
    using witness = await abused.connectAndLogIn();
    const hello = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);
    const texts = [
      jsonFrame("HELO", { protocol: 2 }),
      rawFrame("FILE", "a.txt"),
      new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
      Uint8Array.of(...hello, ...patternedBytes(600)),
      Uint8Array.of(0x16, 0xff, 0xff, 0xff, 0xff, ...patternedBytes(100)),
      Uint8Array.of(0x16),
      hello,
    ];
    for (const bytes of texts) {
      using peer = await abused.server.connect();
      await peer.send(bytes);
      await peer.closeWrite();
      await peer.ended();
    }
    await witness.assertLives();
    await witness.quit();
    // None of them was a client, or said anything that was carried out
    assertEquals(abused.server.eventsOf("connected").length, 1);
    assert(abused.server.eventsOf("refused").every(({ client }) => client === null));
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}
