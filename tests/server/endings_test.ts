import { assert, assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { dataFrames, type Message, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn, until } from "../helpers/serves_on.ts";
import { underWay } from "../helpers/under_way.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;
/** Exceeds all buffers between the disk and a peer that does not read. */
const BIG_BYTES = 64 * MIB;
const CONTENT = patternedBytes(MIB);

const dataBytes = (messages: Message[]) =>
  messages.filter(({ type }) => type === "FDAT").reduce(
    (sum, { payload }) => sum + payload.length,
    0,
  );

/** Types, ids and codes of final answers, in their order. */
const answers = (messages: Message[]) =>
  messages.filter(({ type }) => ["DONE", "FAIL", "FEND"].includes(type))
    .map(({ type, json }) => [type, json.id, ...(type === "FAIL" ? [json.code] : [])]);

for (const how of ["shutting down its sending side", "QUIT"]) {
  Deno.test(`server: answers all requests that a client sent before ${how}`, async () => {
    await using server = await startServer({ uploads: true }, { "a.bin": CONTENT });
    using peer = await Protocol2Peer.connect(server.port);
    const ids = [
      await peer.ask("FGET", { path: "a.bin" }),
      await peer.ask("FGET", { path: "missing" }),
      await peer.ask("FGET", { path: "a.bin" }),
      await peer.ask("STAT", { path: "a.bin" }),
      await peer.ask("LIST", { path: "" }),
      await peer.ask("FPUT", { path: "b.bin", size: CONTENT.length }),
    ];
    await peer.sendContent(ids.at(-1)!, CONTENT);
    if (how === "QUIT") await peer.raw.sendFrame("QUIT");
    else await peer.raw.closeWrite();
    const messages = await peer.readToEnd();
    peer.raw.close();
    assertEquals(
      new Set(answers(messages).map(([type, id]) => `${type} ${id}`)),
      new Set(["FEND 1", "FAIL 2", "FEND 3", "DONE 4", "DONE 5", "DONE 6"]),
    );
    assertEquals(dataBytes(messages), 2 * CONTENT.length);
    assertEquals(sha256Of(Deno.readFileSync(server.root.join("b.bin"))), sha256Of(CONTENT));
    const { reason } = await server.waitFor("disconnected");
    assertEquals(reason, how === "QUIT" ? "quit" : "ended");
  });
}

for (const key of [undefined, "key"]) {
  const named = key === undefined ? "without" : "with";
  Deno.test(`FPUT: ${named} a key, is cancelled when its client shuts down its sending side`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    const id = await peer.ask("FPUT", { path: "a.bin", size: CONTENT.length + 1, key });
    await peer.expect("REDY");
    await peer.raw.send(...dataFrames(CONTENT));
    await peer.raw.closeWrite();
    assertEquals(await peer.fail(id), "cancelled");
    assertEquals(await peer.readToEnd(), []);
    peer.raw.close();
    await server.waitFor("disconnected");
    const kept = key === undefined ? 0 : 1;
    await until(() => underWay(server).length === kept, `${kept} parts`);
  });
}

Deno.test("QUIT: closes the connection at once, without an answer", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  await peer.quit();
  assertEquals((await server.waitFor("disconnected")).reason, "quit");
});

Deno.test("QUIT: makes the server ignore later requests", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.raw.sendFrame("QUIT");
  await peer.ask("MKDR", { path: "a" }).catch(() => {}); // May be closed already
  assertEquals(await peer.readToEnd(), []);
  peer.raw.close();
  await server.waitFor("disconnected");
  assertEquals(server.root.list(), []);
});

const STAGES: Record<string, (peer: Protocol2Peer) => Promise<unknown>> = {
  "after HELO": () => Promise.resolve(),
  "in the middle of a request": (peer) => peer.raw.send("\0\0\0\0\0\0\0\x20LIST{"),
  "with a download under way": async (peer) => {
    await peer.ask("FGET", { path: "big.bin" });
    await peer.expect("FMET");
  },
  "with 64 downloads waiting": async (peer) => {
    for (let i = 0; i < 64; i++) await peer.ask("FGET", { path: "big.bin" });
  },
  "with a hash under way": (peer) => peer.ask("STAT", { path: "big.bin" }),
  "with an upload that waits for data": async (peer) => {
    await peer.ask("FPUT", { path: "a.bin", size: 10 });
    await peer.expect("REDY");
  },
  "in the middle of the data of an upload": async (peer) => {
    await peer.ask("FPUT", { path: "a.bin", size: BIG_BYTES });
    await peer.raw.send(...dataFrames(CONTENT), dataFrames(CONTENT)[0]!.subarray(0, 5_000));
  },
  "with many pipelined uploads": async (peer) => {
    for (let i = 0; i < 20; i++) {
      const id = await peer.ask("FPUT", { path: `${i}.bin`, size: 10 });
      if (i > 0) await peer.sendContent(id, "0123456789").catch(() => {});
      else await peer.send("FCAN", { id });
    }
  },
};

for (const [stage, act] of Object.entries(STAGES)) {
  Deno.test(`server: frees everything of a client that vanishes ${stage}`, async () => {
    await using server = await startServer({ uploads: true });
    writeZeros(server.root.join("big.bin"), BIG_BYTES);
    using peer = await Protocol2Peer.connect(server.port);
    await act(peer);
    peer.raw.close();
    await assertAllGone(server);
    await until(() => underWay(server).length === 0, "the parts to be removed");
    assertEquals(server.eventsOf("error"), []);
    await assertServesOn(server);
  });
}

Deno.test("Server.stop: sends notice and shutdown events, and closes the connection", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  const stopped = server.server.stop("back at ten");
  assertEquals(await peer.readToEnd(), []);
  peer.raw.close();
  assertEquals(peer.events, [{ event: "notice", text: "back at ten" }, { event: "shutdown" }]);
  await within(stopped, "the server to stop");
  assertEquals((await server.waitFor("disconnected")).reason, "shutting-down");
});

for (const over of ["the control connection", "a data connection"]) {
  Deno.test(`Server.stop: finishes a download over ${over}, and refuses the next`, async () => {
    await using server = await startServer({}, { "small.txt": "small" });
    writeZeros(server.root.join("big.bin"), BIG_BYTES);
    using main = await Protocol2Peer.connect(server.port);
    using peer = over === "a data connection" ? await main.attach(server.port) : main;
    const id = await peer.ask("FGET", { path: "big.bin" });
    await peer.expect("FMET");
    const next = await peer.ask("FGET", { path: "small.txt" });
    const stopped = server.server.stop();
    const messages = await peer.readToEnd();
    assertEquals(dataBytes(messages), BIG_BYTES);
    assertEquals(answers(messages), [["FEND", id], ["FAIL", next, "shutting-down"]]);
    peer.raw.close();
    main.raw.close();
    await within(stopped, "the server to stop");
    assertEquals(server.eventsOf("download").map(({ bytes }) => bytes), [BIG_BYTES]);
  });

  Deno.test(`Server.stop: finishes an upload over ${over}`, async () => {
    await using server = await startServer({ uploads: true });
    using main = await Protocol2Peer.connect(server.port);
    using peer = over === "a data connection" ? await main.attach(server.port) : main;
    const id = await peer.ask("FPUT", { path: "a.bin", size: CONTENT.length });
    await peer.expect("REDY");
    await peer.raw.send(...dataFrames(CONTENT.subarray(0, MIB / 2)));
    await peer.assertLives();
    const stopped = server.server.stop();
    await peer.raw.send(...dataFrames(CONTENT.subarray(MIB / 2)));
    await peer.send("FEND", { id, sha256: sha256Of(CONTENT) });
    assertEquals((await peer.done(id)).sha256, sha256Of(CONTENT));
    assertEquals(await peer.readToEnd(), []);
    peer.raw.close();
    main.raw.close();
    await within(stopped, "the server to stop");
    assertEquals(sha256Of(Deno.readFileSync(server.root.join("a.bin"))), sha256Of(CONTENT));
  });
}

Deno.test("Server.stop: refuses requests during the wait for a transfer", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FPUT", { path: "b.txt", size: 5 });
  await peer.expect("REDY");
  const stopped = server.server.stop();
  for (const type of ["STAT", "LIST", "MKDR", "FGET"]) {
    assertEquals(await peer.refusal(type, { path: "a.txt" }), "shutting-down", type);
  }
  const late = await peer.ask("FPUT", { path: "c.txt", size: 5 });
  await peer.sendContent(id, "hello");
  await peer.done(id);
  await peer.sendContent(late, "hello");
  assertEquals(await peer.fail(late), "shutting-down");
  assertEquals(await peer.readToEnd(), []);
  peer.raw.close();
  await within(stopped, "the server to stop");
  assert(!server.root.list().includes("c.txt"));
});
