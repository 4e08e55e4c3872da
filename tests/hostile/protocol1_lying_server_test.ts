import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ConnectionError, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { originalMetadata } from "../helpers/original_server.ts";
import { runProtocol1HostileServer } from "../helpers/protocol1_hostile_server.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(100_000);
const GOOD = goodAnswer("file.bin", CONTENT);
const [FROK, FMTA, FHSH, FDAT] = GOOD as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

Deno.test("lying server: the client reports lost if the server closes before the announced end", async () => {
  const { error, closed, files } = await runProtocol1HostileServer((peer) =>
    peer.send(...GOOD.slice(0, -1))
  );
  assertInstanceOf(error, ConnectionError);
  assertEquals(error.code, "lost");
  assertEquals(closed?.code, "lost");
  assertEquals(files, [".tcp-chat/file.bin.part"]);
});

Deno.test("lying server: the client closes with bad-sequence if an answer starts inside a file", async () => {
  const { error } = await runProtocol1HostileServer((peer) =>
    peer.send(...GOOD.slice(0, -1), ...GOOD)
  );
  assertInstanceOf(error, ProtocolError);
  assertEquals(error.code, "bad-sequence");
});

Deno.test("lying server: the client closes with bad-sequence on more data than announced", async () => {
  const tail = GOOD.slice(-2);
  const { error } = await runProtocol1HostileServer(async (peer) => {
    await peer.send(...GOOD.slice(0, -2));
    const last = new Uint8Array(tail[0]!.length + 2 * tail[1]!.length);
    last.set(tail[0]!);
    last.set(tail[1]!, tail[0]!.length);
    last.set(tail[1]!, tail[0]!.length + tail[1]!.length);
    await peer.send(last);
  });
  assertInstanceOf(error, ProtocolError);
  assertEquals(error.code, "bad-sequence");
});

Deno.test("lying server: the client keeps a complete file when more data follow", async () => {
  using folder = new TempDir();
  const received = Promise.withResolvers<void>();
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    await peer.send(...GOOD);
    await received.promise;
    await peer.send(FDAT);
    await peer.ended();
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  const target = { directory: folder.path, name: "file.bin" };
  const { file } = await client.download("file.bin", target);
  received.resolve();
  assertInstanceOf(await client.closed, ProtocolError);
  assertEquals(Deno.readFileSync(file), CONTENT);
  assertEquals(folder.list(), ["file.bin"]);
});

Deno.test("lying server: the client reports a wrong hash as integrity, and keeps nothing", async () => {
  const wrong = rawFrame("FHSH", patternedBytes(32));
  const { error, files } = await runProtocol1HostileServer(
    (peer) => peer.send(FROK, FMTA, wrong, ...GOOD.slice(3)),
    { survives: true },
  );
  assertInstanceOf(error, RequestError);
  assertEquals(error.code, "integrity");
  assert(error.message.includes("SHA-256"));
  assertEquals(files, []);
});

Deno.test("lying server: the client reports a single wrong byte as integrity", async () => {
  for (const position of [0, 50_000, 99_999]) {
    const content = CONTENT.slice();
    content[position]! ^= 1;
    const data = goodAnswer("file.bin", content).slice(3);
    const { error, files } = await runProtocol1HostileServer(
      (peer) => peer.send(FROK, FMTA, FHSH, ...data),
      { survives: true },
    );
    assertInstanceOf(error, RequestError);
    assertEquals([error.code, files], ["integrity", []]);
  }
});

Deno.test("lying server: the client reports an empty file with a wrong hash as integrity", async () => {
  const empty = rawFrame("FMTA", originalMetadata("file.bin", 0));
  const { error, files } = await runProtocol1HostileServer((peer) => peer.send(FROK, empty, FHSH), {
    survives: true,
  });
  assertEquals([error.code, files], ["integrity", []]);
});

Deno.test("lying server: the client ends the download on FERR, and keeps the connection", async () => {
  for (const text of ["The file changed while it was being sent", "Erro: disco queimou"]) {
    for (const before of [0, 1, 2, 3, 5]) {
      const { error, files } = await runProtocol1HostileServer(
        (peer) => peer.send(...GOOD.slice(0, before), rawFrame("FERR", text)),
        { survives: true },
      );
      assertInstanceOf(error, RequestError);
      assertEquals(error.message, text);
      assertEquals(files, []);
    }
  }
});

Deno.test("lying server: the client removes control characters from the text of FERR", async () => {
  const text = "\x1b[2J\x1b]0;owned\x07no\0 such\r\nfile\u202e";
  const { error } = await runProtocol1HostileServer((peer) => peer.sendFrame("FERR", text), {
    survives: true,
  });
  assertInstanceOf(error, RequestError);
  assertEquals(error.message, "[2J]0;ownedno such file");
});

Deno.test("lying server: the client reports FERR without a request as rejected", async () => {
  await using server = new ScriptedServer((peer) => peer.sendFrame("FERR", "\x1bserver full\n"));
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
  const reason = await client.closed;
  assertInstanceOf(reason, ConnectionError);
  assertEquals([reason.code, reason.message], ["rejected", "server full "]);
});
