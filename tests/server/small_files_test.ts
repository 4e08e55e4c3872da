import { assertEquals } from "@std/assert";
import type { Replies } from "../../lib/server/context/replies.ts";
import type { SessionContext } from "../../lib/server/context/session_context.ts";
import { sendSmallFiles } from "../../lib/server/transfers/send_small_files.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { underWay } from "../helpers/under_way.ts";

const SMALL_BYTES = 65_536;
/** Requests sent before their answers are read; 64 are allowed. */
const MANY = 60;

/** The content of `<number>.bin`, of up to `SMALL_BYTES`. */
function contentOf(number: number): Uint8Array<ArrayBuffer> {
  return patternedBytes([0, 1, 4_096, SMALL_BYTES - 1, SMALL_BYTES][number % 5]!, number + 1);
}

/** The frames of an upload that does not wait for REDY. */
function uploadFrames(
  id: number,
  path: string,
  content: Uint8Array,
  { size = content.length, sha256 = sha256Of(content) } = {},
): Uint8Array[] {
  return [
    jsonFrame("FPUT", { id, path, size }),
    ...dataFrames(content),
    jsonFrame("FEND", { id, sha256 }),
  ];
}

/** Sends all uploads at once, and returns their ids. */
async function uploadAll(
  peer: Protocol2Peer,
  uploads: readonly (readonly [string, Uint8Array, { size?: number; sha256?: string }?])[],
): Promise<number[]> {
  const ids = uploads.map(() => peer.newId());
  const frames = uploads.flatMap(([path, content, claims], i) =>
    uploadFrames(ids[i]!, path, content, claims)
  );
  await peer.raw.send(...frames);
  return ids;
}

function read(server: TestServer, path: string): Uint8Array {
  return Deno.readFileSync(server.root.join(path));
}

Deno.test("FGET: answers 60 requests for small, large and missing files in order", async () => {
  const files: Record<string, Uint8Array> = { "large.bin": patternedBytes(1_000_000) };
  for (let i = 0; i < MANY; i++) files[`${i}.bin`] = contentOf(i);
  files["just-over.bin"] = patternedBytes(SMALL_BYTES + 1);
  await using server = await startServer({}, files);
  using peer = await Protocol2Peer.connect(server.port);
  for (let round = 0; round < 2; round++) {
    const paths = Array.from(
      { length: MANY },
      (_, i) =>
        i % 20 === 7
          ? "large.bin"
          : i % 20 === 11
          ? "missing"
          : i % 20 === 13
          ? "just-over.bin"
          : `${i}.bin`,
    );
    const ids = paths.map(() => peer.newId());
    await peer.raw.send(...paths.map((path, i) => jsonFrame("FGET", { id: ids[i]!, path })));
    for (const [i, path] of paths.entries()) {
      if (path === "missing") {
        assertEquals(await peer.fail(ids[i]!), "not-found");
        continue;
      }
      const { head, bytes, end } = await peer.receiveFile(ids[i]!);
      const content = files[path]!;
      assertEquals([head.path, head.size, end.sha256], [path, content.length, sha256Of(content)]);
      assertEquals(sha256Of(bytes), end.sha256);
    }
  }
  const downloads = MANY * 2 * 19 / 20;
  assertEquals(server.eventsOf("download").length, downloads);
  await peer.assertLives();
});

Deno.test("FCAN: ends waiting downloads of small files with FAIL, in order", async () => {
  const files = Object.fromEntries(
    Array.from({ length: MANY }, (_, i) => [`${i}.bin`, contentOf(i)]),
  );
  await using server = await startServer({}, files);
  using peer = await Protocol2Peer.connect(server.port);
  const ids = Array.from({ length: MANY }, () => peer.newId());
  const cancelled = new Set(ids.filter((_, i) => i > MANY / 2 && i % 3 === 0));
  await peer.raw.send(
    ...ids.map((id, i) => jsonFrame("FGET", { id, path: `${i}.bin` })),
    ...[...cancelled].map((id) => jsonFrame("FCAN", { id })),
  );
  for (const [i, id] of ids.entries()) {
    const frame = (await peer.read())!;
    assertEquals(frame.json.id, id);
    if (frame.type === "FAIL") {
      assertEquals([cancelled.has(id), frame.json.code], [true, "cancelled"]);
      continue;
    }
    assertEquals(frame.type, "FMET");
    let bytes = 0;
    let last = (await peer.read())!;
    for (; last.type === "FDAT"; last = (await peer.read())!) bytes += last.payload.length;
    assertEquals([last.type, last.json.id, bytes], ["FEND", id, contentOf(i).length]);
  }
  await peer.assertLives();
});

Deno.test("FGET: fails with bad-path for a private file among small files", async () => {
  await using server = await startServer({}, { "a": "a", "b": "b", ".tcp-chat/secret": "x" });
  using peer = await Protocol2Peer.connect(server.port);
  for (let round = 0; round < 4; round++) {
    const paths = ["a", "b", ".tcp-chat/secret", "a"];
    const ids = paths.map(() => peer.newId());
    await peer.raw.send(...paths.map((path, i) => jsonFrame("FGET", { id: ids[i]!, path })));
    await peer.receiveFile(ids[0]!);
    await peer.receiveFile(ids[1]!);
    assertEquals(await peer.fail(ids[2]!), "bad-path");
    await peer.receiveFile(ids[3]!);
  }
});

Deno.test("FPUT: answers pipelined small uploads in order, and stores or refuses each on its own", async () => {
  await using server = await startServer({ uploads: true }, { "there": "old", "folder/x": "x" });
  using peer = await Protocol2Peer.connect(server.port);
  const good = (name: string, i: number) => [name, contentOf(i)] as const;
  const ids = await uploadAll(peer, [
    ...Array.from({ length: 20 }, (_, i) => good(`to/${i}.bin`, i)),
    ["there", contentOf(1)],
    ["folder", contentOf(2)],
    ["there/below", contentOf(2)],
    ["to/wrong", contentOf(3), { sha256: sha256Of("else") }],
    ["to/short", contentOf(2), { size: 5_000 }],
    ["../out", contentOf(1)],
    good("to/3.bin", 8),
    good("to/last", 4),
  ]);
  const codes: (string | null)[] = [];
  for (const id of ids) {
    let frame = (await peer.read())!;
    if (frame.type === "REDY") {
      assertEquals(frame.json, { id, offset: 0 });
      frame = (await peer.read())!;
    }
    assertEquals(frame.json.id, id);
    codes.push(frame.type === "FAIL" ? String(frame.json.code) : null);
  }
  assertEquals(codes, [
    ...Array.from({ length: 20 }, () => null),
    "exists",
    "not-a-file",
    "not-a-file",
    "integrity",
    "integrity",
    "bad-path",
    "exists",
    null,
  ]);
  for (let i = 0; i < 20; i++) assertEquals(read(server, `to/${i}.bin`), contentOf(i));
  assertEquals(read(server, "to/last"), contentOf(4));
  assertEquals(Deno.readTextFileSync(server.root.join("there")), "old");
  assertEquals(underWay(server), []);
  await peer.assertLives();
});

Deno.test("FPUT: stores small files of two clients at the same paths whole, from either client", async () => {
  await using server = await startServer({ uploads: true });
  using a = await Protocol2Peer.connect(server.port);
  using b = await Protocol2Peer.connect(server.port);
  const paths = Array.from({ length: MANY }, (_, i) => `${i}.bin`);
  const contents = [patternedBytes(4_096, 1), patternedBytes(4_096, 2)];
  const stored = await Promise.all([a, b].map(async (peer, client) => {
    const ids = await uploadAll(peer, paths.map((path) => [path, contents[client]!] as const));
    const done: string[] = [];
    for (const [i, id] of ids.entries()) {
      let frame = (await peer.read())!;
      if (frame.type === "REDY") frame = (await peer.read())!;
      assertEquals(frame.json.id, id);
      if (frame.type === "DONE") done.push(paths[i]!);
      else assertEquals(["exists", "busy"].includes(String(frame.json.code)), true);
    }
    return done;
  }));
  assertEquals(stored.flat().toSorted(), paths.toSorted());
  for (const [client, done] of stored.entries()) {
    for (const path of done) assertEquals(read(server, path), contents[client]);
  }
  assertEquals(underWay(server), []);
});

Deno.test("FPUT: stores only whole small files when the client vanishes", async () => {
  await using server = await startServer({ uploads: true });
  {
    using peer = await Protocol2Peer.connect(server.port);
    const uploads = Array.from({ length: MANY }, (_, i) => [`${i}.bin`, contentOf(i)] as const);
    await uploadAll(peer, uploads);
    await peer.expect("REDY");
  }
  await server.waitFor("disconnected");
  await until(() => underWay(server).length === 0, "the parts to be gone");
  for (const name of server.root.list()) {
    if (name === ".tcp-chat") continue;
    assertEquals(read(server, name), contentOf(parseInt(name)));
  }
});

Deno.test("sendSmallFiles: sends nothing that was closed while it was read, or that a link leads to", async () => {
  const sent: unknown[] = [];
  const sendOne = async (path: string, mayRead: boolean) => {
    const stamp = { sizeBytes: 0, modifiedMs: 0, changedMs: 0, inode: 1 };
    const small = { file: { realPath: "a", stamp }, buffer: new ArrayBuffer(0), sha256: "00" };
    const use = (job: (worker: unknown) => unknown) => job({ call: () => Promise.resolve(small) });
    const context = {
      services: {
        pool: { use },
        store: { truePath: (realPath: string) => realPath },
        hashes: { known: () => small.sha256 },
        catalogue: null,
        settings: { onEvent: () => {} },
        stats: {},
      },
      identity: { mayRead: () => mayRead, link: null },
      connection: { writer: { sendBulk: (frame: unknown) => Promise.resolve(sent.push(frame)) } },
    } as unknown as SessionContext;
    const pending = { isCancelled: () => false };
    const replies = { pending, encodeFileEnd: () => new Uint8Array(1) } as unknown as Replies;
    return await sendSmallFiles(context, replies, [{
      id: 1,
      request: { type: "FGET", path, offset: 0, length: null, version: null, zstd: false },
    }]);
  };
  assertEquals([await sendOne("a", false), await sendOne("link", true), sent], [0, 0, []]);
  assertEquals([await sendOne("a", true), sent.length], [1, 1]);
});
