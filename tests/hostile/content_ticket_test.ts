import { assertEquals, assertNotEquals } from "@std/assert";
import { issueContentTicket } from "../../lib/server/context/content_tickets.ts";
import { CONTENT_LIMITS } from "../../lib/protocol/content_limits.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { contentOf, ContentServer } from "../helpers/content_servers.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";
import { dataFrames, type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const SHARED = patternedBytes(200_000);
const SECRET = patternedBytes(200_000, 2);
const PATH = sha256Of(SHARED);

/** A server that shares one of its files, and a connection with a ticket for it. */
class Scene implements AsyncDisposable {
  private constructor(readonly server: ContentServer, readonly data: TempDir) {}

  static async start(requireAccount = false): Promise<Scene> {
    const files = { "shared.bin": SHARED, "secret.bin": SECRET };
    const data = new TempDir();
    const options = { uploads: true, requireAccount, dataDirectory: data.path };
    return new Scene(await ContentServer.start("s1", files, options), data);
  }

  async ticket(): Promise<string> {
    return (await this.server.local.ticket(contentOf(SHARED), "s2"))!.token;
  }

  async attach(): Promise<Protocol2Peer> {
    return await Protocol2Peer.connect(this.server.server.port, { attach: await this.ticket() });
  }

  /** Checks that nothing can be attached to a token. */
  async assertRefused(token: string): Promise<void> {
    using peer = new Protocol2Peer(await RawPeer.connect(this.server.server.port));
    await peer.send("HELO", { protocol: 2, agent: "test", attach: token });
    assertEquals(await peer.fail(null), "unauthenticated");
    assertEquals(await peer.readToEnd(), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.data[Symbol.dispose]();
  }
}

Deno.test("content ticket: fetches its content from any offset, and none but that", async () => {
  await using scene = await Scene.start();
  using peer = await scene.attach();
  const { bytes, head, end } = await peer.get(PATH);
  assertEquals([sha256Of(bytes), end.sha256], [PATH, PATH]);
  const rest = await peer.get(PATH, { offset: 150_000, version: head.version });
  assertEquals([rest.bytes.length, rest.end.sha256], [50_000, PATH]);
  const others = [sha256Of(SECRET), "secret.bin", "shared.bin", PATH.slice(1), `${PATH}/x`];
  for (const path of others) assertEquals(await peer.refusal("FGET", { path }), "not-found", path);
  for (const path of ["../secret.bin", "", "/etc/passwd"]) {
    assertEquals(await peer.refusal("FGET", { path }), "bad-path", path);
  }
  await peer.assertLives();
});

Deno.test("content ticket: allows no other request, whatever it is about", async () => {
  await using scene = await Scene.start();
  using peer = await scene.attach();
  using member = await Protocol2Peer.connect(scene.server.server.port);
  const requests: Record<string, Json> = {
    LIST: { path: "" },
    STAT: { path: "secret.bin" },
    MGET: { path: "", names: "secret.bin" },
    FPUT: { path: "new.bin", size: 1 },
    MPUT: { path: "", names: "a", sizes: [1], mtimes: [0], sha256: PATH },
    MKDR: { path: "new" },
    MOVE: { path: "secret.bin", to: "b" },
    DELE: { path: "secret.bin" },
    TCKT: { path: "secret.bin" },
    LINK: { path: "secret.bin", kind: "get" },
    LNKS: {},
    AUTH: { mechanism: "SCRAM-SHA-256", data: "" },
    NICK: { nick: "ana" },
    JOIN: { room: "lobby" },
    SEND: { room: "lobby", text: "x" },
    WHOS: {},
    ROOM: {},
    HIST: { room: "lobby" },
    AWAY: {},
    TOPC: { room: "lobby" },
    XYZW: {},
  };
  for (const [type, fields] of Object.entries(requests)) {
    assertEquals(await peer.refusal(type, fields), "denied", type);
  }
  const { members } = await member.request("WHOS");
  assertEquals((members as Json[]).length, 1);
  assertEquals(member.events.filter(({ event }) => event === "message"), []);
  assertEquals(scene.server.root.list("."), [
    ".tcp-chat/contents",
    "secret.bin",
    "shared.bin",
  ]);
});

Deno.test("content ticket: its connection takes no data, and ends with them", async () => {
  await using scene = await Scene.start();
  using peer = await scene.attach();
  await peer.raw.send(...dataFrames("data"));
  assertEquals(await peer.fail(null), "bad-request");
  assertEquals(await peer.readToEnd(), []);
});

Deno.test("content ticket: is good for one connection, and not after its time", async () => {
  await using scene = await Scene.start();
  const token = await scene.ticket();
  using first = await Protocol2Peer.connect(scene.server.server.port, { attach: token });
  await scene.assertRefused(token);
  await first.assertLives();
  const { services } = scene.server.core;
  const { signal } = new AbortController();
  const file = (await scene.server.local.find(contentOf(SHARED)))!;
  using timers = new FakeTimers();
  const late = issueContentTicket(services, { sha256: PATH, file }, "s2", signal);
  await timers.advance(CONTENT_LIMITS.ticketMs - 1);
  assertNotEquals(services.tokens.find(late), null);
  await timers.advance(1);
  assertEquals(services.tokens.find(late), null);
});

Deno.test("content ticket: needs no login where clients do, and no data connection gets another", async () => {
  await using scene = await Scene.start(true);
  using peer = await scene.attach();
  assertEquals(sha256Of((await peer.get(PATH)).bytes), PATH);
  const { session } = peer.hello.you as { session: string };
  await scene.assertRefused(session);
});

Deno.test("content ticket: there is none for what is not here, or is not what it was", async () => {
  await using scene = await Scene.start();
  const { local, root } = scene.server;
  assertEquals(await local.ticket(contentOf(patternedBytes(9)), "s2"), null);
  assertEquals(await local.ticket({ sha256: PATH, sizeBytes: SHARED.length - 1 }, "s2"), null);
  root.write("shared.bin", SECRET);
  Deno.utimeSync(root.join("shared.bin"), 1_000, 1_000);
  const { hashes, store } = scene.server.core.services;
  hashes.remember(await store.find("shared.bin"), sha256Of(SECRET), Date.now() + 60_000);
  assertEquals(await local.ticket(contentOf(SHARED), "s2"), null);
  root.write("shared.bin", SECRET.subarray(1));
  assertEquals(await local.ticket(contentOf(SHARED), "s2"), null);
  Deno.removeSync(root.join("shared.bin"));
  Deno.symlinkSync(root.join("secret.bin"), root.join("shared.bin"));
  assertEquals(await local.ticket(contentOf(SHARED), "s2"), null);
});

Deno.test("content ticket: many requests ahead are answered in their order, and FCAN ends one", async () => {
  await using scene = await Scene.start();
  using peer = await scene.attach();
  const ids = [];
  for (let i = 0; i < 80; i++) ids.push(await peer.ask("FGET", { path: PATH }));
  const last = ids.pop()!;
  await peer.send("FCAN", { id: last });
  for (const id of ids) assertEquals((await peer.receiveFile(id)).bytes.length, SHARED.length);
  assertEquals(await peer.fail(last), "cancelled");
  await peer.assertLives();
});
