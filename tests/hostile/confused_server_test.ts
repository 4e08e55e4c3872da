import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { originalMetadata } from "../helpers/original_server.ts";
import { runProtocol1HostileServer } from "../helpers/protocol1_hostile_server.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { type Content, rawFrame } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const GOOD = goodAnswer("file.bin", patternedBytes(20_000));
const [FROK, FMTA, FHSH, FDAT] = GOOD as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** FMTA with the name as given, even a path. */
function metadata(name: Content, nameLength?: number): Uint8Array {
  const bytes = typeof name === "string" ? new TextEncoder().encode(name) : name;
  const payload = new Uint8Array(4 + bytes.length + 8);
  const view = new DataView(payload.buffer);
  view.setUint32(0, nameLength ?? bytes.length);
  payload.set(bytes, 4);
  view.setBigUint64(4 + bytes.length, 20_000n);
  return rawFrame("FMTA", payload);
}

const NAMES: Record<string, Content> = {
  "that climbs": "../../x",
  "that is ..": "..",
  "that is absolute": "/etc/cron.d/x",
  "with a folder": "folder/x",
  "with a drive": "C:\\x",
  "with backslashes": "..\\..\\x",
  "with an escape sequence": "\x1b[2J\x1b]0;owned\x07x",
  "with a NUL": "x\0.txt",
  "with a newline": "x\ny",
  "that is empty": "",
  "of 256 bytes": "x".repeat(256),
  "of 5,000 bytes": "x".repeat(5_000),
  "of 60,000 bytes": "x".repeat(60_000),
  "that is not UTF-8": Uint8Array.of(0x61, 0xff),
  "of the private folder": ".tcp-chat",
  ...(Deno.build.os === "windows" && {
    "of a device": "CON",
    "that is a space": " ",
    "of an alternate data stream": "x::$DATA",
  }),
};

for (const [what, name] of Object.entries(NAMES)) {
  Deno.test(`confused server: the client refuses a name ${what} in FMTA before it opens any file`, async () => {
    const { error, closed, files } = await runProtocol1HostileServer((peer) =>
      peer.send(FROK, metadata(name), FHSH, ...GOOD.slice(3))
    );
    assertInstanceOf(error, ProtocolError);
    assertEquals(error.code, "bad-frame");
    assertInstanceOf(closed, ProtocolError);
    assert(error.message.length < 300, "the name fills the message");
    assertEquals(files, []);
  });
}

Deno.test("confused server: the client ignores another valid name in FMTA", async () => {
  using folder = new TempDir();
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    await peer.send(FROK, metadata("other.bin"), ...GOOD.slice(2));
    await peer.ended();
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  await client.download("file.bin", { directory: folder.path, name: "file.bin" });
  client.close();
  await client.closed;
  assertEquals(folder.list(), ["file.bin"]);
});

const SEQUENCES: Record<string, Uint8Array[]> = {
  "FDAT without FMTA": [FROK, FDAT],
  "FDAT before FROK": [FDAT],
  "FDAT without FHSH": [FROK, FMTA, FDAT],
  "FHSH without FMTA": [FROK, FHSH],
  "FMTA without FROK": [FMTA, FHSH],
  "FROK twice": [FROK, FROK],
  "FMTA twice": [FROK, FMTA, FMTA],
  "FHSH twice": [FROK, FMTA, FHSH, FHSH],
  "FROK among the data": [FROK, FMTA, FHSH, FDAT, FROK],
};

for (const [what, frames] of Object.entries(SEQUENCES)) {
  Deno.test(`confused server: the client closes with bad-sequence on ${what}`, async () => {
    const { error, closed } = await runProtocol1HostileServer(async (peer) => {
      await peer.send(...frames);
      await peer.ended(); // The client closes first
    });
    assertInstanceOf(error, ProtocolError);
    assertEquals(error.code, "bad-sequence");
    assertInstanceOf(closed, ProtocolError);
  });
}

const FRAMES: Record<string, [Uint8Array[], string]> = {
  "FHSH of 31 bytes": [[FROK, FMTA, rawFrame("FHSH", patternedBytes(31))], "bad-frame"],
  "FHSH of 33 bytes": [[FROK, FMTA, rawFrame("FHSH", patternedBytes(33))], "bad-frame"],
  "an empty FHSH": [[FROK, FMTA, rawFrame("FHSH")], "bad-frame"],
  "an empty FMTA": [[FROK, rawFrame("FMTA")], "bad-frame"],
  "FMTA of 11 bytes": [[FROK, rawFrame("FMTA", patternedBytes(11))], "bad-frame"],
  "FMTA whose name has 2^32 - 1 bytes": [[FROK, metadata("x", 2 ** 32 - 1)], "bad-frame"],
  "FMTA whose name overlaps the size": [[FROK, metadata("x", 5)], "bad-frame"],
  "FMTA with extra bytes": [[FROK, metadata("xyz", 1)], "bad-frame"],
  "FMTA with a file size of 2^64 - 1": [
    [FROK, rawFrame("FMTA", originalMetadata("x", 2n ** 64n - 1n))],
    "bad-frame",
  ],
  "FMTA of 2^63 bytes": [[FROK, rawFrame("FMTA", "", 2n ** 63n)], "too-large"],
  "FMTA above the limit": [[FROK, rawFrame("FMTA", "", 65_537n)], "too-large"],
  "FERR of 2^63 bytes": [[rawFrame("FERR", "", 2n ** 63n)], "too-large"],
  "CHAT of 2^64 - 1 bytes": [[rawFrame("CHAT", "", 2n ** 64n - 1n)], "too-large"],
  "FDAT above the limit": [[FROK, FMTA, FHSH, rawFrame("FDAT", "", 1_048_577n)], "too-large"],
  "FDAT of 2^53 + 1 bytes": [[FROK, FMTA, FHSH, rawFrame("FDAT", "", 2n ** 53n + 1n)], "too-large"],
};

for (const [what, [frames, code]] of Object.entries(FRAMES)) {
  Deno.test(`confused server: the client closes with ${code} on ${what}`, async () => {
    const { error } = await runProtocol1HostileServer(async (peer) => {
      await peer.send(...frames);
      await peer.ended();
    });
    assertInstanceOf(error, ProtocolError);
    assertEquals(error.code, code);
    assert(error.message.startsWith("Cannot "), error.message);
  });
}

Deno.test("confused server: the client accepts FDAT of exactly the limit", async () => {
  using folder = new TempDir();
  const content = patternedBytes(1_048_576);
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    await peer.send(...goodAnswer("x", content).slice(0, 3), rawFrame("FDAT", content));
    await peer.ended();
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  await client.download("x", { directory: folder.path, name: "x" });
  client.close();
  await client.closed;
  assertEquals(Deno.readFileSync(folder.join("x")), content);
});
