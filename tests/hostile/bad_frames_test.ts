import { assert, assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS, STAGES } from "../helpers/abused_server.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { jsonFrame } from "../helpers/protocol2_peer.ts";
import { rawFrame } from "../helpers/raw_peer.ts";

const CONTROL_BYTES = 65_536;
const DATA_BYTES = 1_048_576;

const FRAME = jsonFrame("LIST", { id: 1, path: "" });
/** Cuts within the size, within the type, before the payload and within it. */
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
  Deno.test(`bad frame: the server closes only the connection that ends inside a frame, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    const { server } = abused;
    let ended = 0;
    for (const [when, connect] of Object.entries(STAGES)) {
      for (const cut of CUTS) {
        using peer = await connect(abused);
        await peer.raw.send(FRAME.subarray(0, cut));
        await peer.raw.closeWrite();
        // Over TLS, an end without close_notify is an error
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

  Deno.test(`bad frame: the server leaves nothing of peers that vanish inside a frame, ${where}`, async () => {
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

  Deno.test(`bad frame: the server answers an oversized frame with too-large and closes, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    const { server } = abused;
    using observer = await abused.connectAndLogIn();
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
    await observer.assertLives();
    await observer.quit();
    await server.waitFor("disconnected", ({ client }) => client === 1);
    const reasons = server.eventsOf("disconnected").map(({ reason }) => reason);
    assertEquals(new Set(reasons), new Set(["too-large", "quit"]));
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`bad frame: the server closes only the connections that send garbage, ${where}`, async () => {
    await using abused = await AbusedServer.start(setting);
    using observer = await abused.connectAndLogIn();
    for (const connect of Object.values(STAGES)) {
      for (let seed = 1; seed <= 8; seed++) {
        using peer = await connect(abused);
        // The server may close first
        await peer.raw.send(patternedBytes(seed * 997, seed)).catch(() => {});
        await peer.raw.ended();
      }
    }
    await observer.assertLives();
    await observer.quit();
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });

  Deno.test(`bad frame: the server answers noise in every type with bad-request, ${where}`, async () => {
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
  Deno.test(`bad frame: the server closes only the connections that do not speak TLS, accounts ${accounts}`, async () => {
    await using abused = await AbusedServer.start({ tls: true, accounts });
    using observer = await abused.connectAndLogIn();
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
    await observer.assertLives();
    await observer.quit();
    // No such connection became a client or had a request executed
    assertEquals(abused.server.eventsOf("connected").length, 1);
    assert(abused.server.eventsOf("refused").every(({ client }) => client === null));
    await abused.assertServesOn();
    await abused.assertNothingLeft();
  });
}
