/** What was begun before a right was taken ends. */
import { assert, assertEquals } from "@std/assert";
import { describeFailure } from "../../lib/protocol/errors.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { logIn, USER } from "../helpers/abused_server.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { type Message, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame, RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** More than sockets hold. */
const MEDIUM_BYTES = 16 * 1024 * 1024;
const LARGE_BYTES = 256 * 1024 * 1024;
const HUGE_BYTES = 16 * 1024 * 1024 * 1024;
const CLOSED = "in/** none *\n";

interface Fixture extends AsyncDisposable {
  readonly server: TestServer;
  readonly data: TempDir;
  readonly peer: Protocol2Peer;
  /** Replaces the rules at once. */
  setRules(rules: string): Promise<void>;
}

/** A server with an account and large sparse files in `in/`, and a guest. */
async function setUp(options: ServerSetup = {}): Promise<Fixture> {
  const data = new TempDir();
  {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add(USER, "correct horse", "member");
  }
  const root = new TempDir();
  const sparse = { "medium.bin": MEDIUM_BYTES, "large.bin": LARGE_BYTES, "huge.bin": HUGE_BYTES };
  for (const [name, bytes] of Object.entries(sparse)) {
    Deno.truncateSync(root.write(`in/${name}`, ""), bytes); // Before the server looks for large files
  }
  const server = await startServer(
    { uploads: true, dataDirectory: data.path, ...options },
    { "in/small.txt": "small", "out.txt": "out" },
    root,
  );
  const peer = await Protocol2Peer.connect(server.port);
  return {
    server,
    data,
    peer,
    async setRules(rules) {
      data.write("rules", rules);
      await server.server.reload();
      assertEquals(server.eventsOf("rules").length, 1);
    },
    async [Symbol.asyncDispose]() {
      peer[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      data[Symbol.dispose]();
    },
  };
}

/** Reads the rest of a download up to its last frame; returns that, and the bytes of data. */
async function readRest(peer: Protocol2Peer): Promise<{ last: Message | null; bytes: number }> {
  let bytes = 0;
  for (;;) {
    const message = await peer.read();
    if (message?.type !== "FDAT" && message?.type !== "FZST") return { last: message, bytes };
    bytes += message.payload.length;
  }
}

/** Checks that a download ends before its last byte. */
async function assertDenied(peer: Protocol2Peer, id: number | null): Promise<void> {
  const { last, bytes } = await readRest(peer);
  assertEquals([last?.type, last?.json.id, last?.json.code], ["FAIL", id, "denied"]);
  assert(bytes < HUGE_BYTES, `${bytes} bytes came`);
}

/** A file in a folder that is closed, a link to it, and links that are closed themselves. */
const CLOSINGS: ReadonlyArray<readonly [path: string, rules: string]> = [
  ["in/large.bin", CLOSED],
  ["link.bin", CLOSED],
  ["link.bin", "link.bin none *\n"],
  ["to/link.bin", "linked/** none *\n"],
];

for (const [path, rules] of CLOSINGS) {
  Deno.test({
    name: `FGET: ends with denied when the rules close the file, as ${path}, by ${rules.trim()}`,
    ignore: path.endsWith("link.bin") && Deno.build.os === "windows",
    fn: async () => {
      await using fixture = await setUp();
      const { peer, server } = fixture;
      const { root } = server;
      if (path === "link.bin") Deno.symlinkSync("in/large.bin", root.join(path));
      else if (path === "to/link.bin") {
        Deno.mkdirSync(root.join("linked"));
        Deno.symlinkSync("../in/large.bin", root.join("linked/link.bin"));
        Deno.symlinkSync("linked", root.join("to"));
      }
      const id = await peer.ask("FGET", { path });
      await peer.expect("FMET");
      await fixture.setRules(rules);
      await assertDenied(peer, id);
      assertEquals((await peer.get("out.txt")).bytes.length, 3);
    },
  });
}

Deno.test("FGET: sends no file that was looked up before the rules closed it", async () => {
  await using fixture = await setUp();
  const { peer } = fixture;
  const paths = ["in/medium.bin", "in/medium.bin", "in/small.txt"];
  const ids: number[] = [];
  for (const path of paths) ids.push(await peer.ask("FGET", { path, zstd: true }));
  for (let i = 0; i < 2; i++) {
    await peer.expect("FMET");
    // The last file is looked up while the second is sent
    if (i === 1) await fixture.setRules("in/small.txt none *\n");
    const { last } = await readRest(peer);
    assertEquals([last?.type, last?.json.id], ["FEND", ids[i]]);
  }
  assertEquals(await peer.fail(ids[2]!), "not-found");
});

Deno.test("FGET: goes on when a change of the rules leaves the file open", async () => {
  await using fixture = await setUp();
  const { peer } = fixture;
  await peer.ask("FGET", { path: "in/large.bin" });
  await peer.expect("FMET");
  await fixture.setRules("out.txt none *\n");
  const { last, bytes } = await readRest(peer);
  assertEquals([last?.type, bytes], ["FEND", LARGE_BYTES]);
});

Deno.test("FILE: ends with FERR when the rules close the file", async () => {
  await using fixture = await setUp();
  using raw = await fixture.server.connect();
  await raw.sendFrame("FILE", "in/large.bin");
  await raw.readUntil("FMTA");
  await fixture.setRules(CLOSED);
  const frames = await raw.readUntil("FERR");
  assertEquals(textOf(frames.at(-1)!), describeFailure("denied", "en"));
  const bytes = frames.reduce((sum, { payload }) => sum + payload.length, 0);
  assert(bytes < LARGE_BYTES, `${bytes} bytes came`);
});

Deno.test("FPUT: ends with denied when the rules close its place, and cannot be resumed", async () => {
  await using fixture = await setUp();
  const { peer, server } = fixture;
  const fields = { path: "in/new.bin", size: 1_000, key: "k" };
  const id = await peer.ask("FPUT", fields);
  await peer.expect("REDY");
  await peer.raw.send(rawFrame("FDAT", new Uint8Array(500)));
  await fixture.setRules("in/** read *\n");
  assertEquals(await peer.fail(id), "denied");
  await peer.send("FCAN", { id });
  assertEquals(await peer.refusal("FPUT", fields), "denied");
  assertEquals(server.root.list("in").includes("new.bin"), false);
});

Deno.test("STAT: ends with denied when the rules close the file that is hashed", async () => {
  await using fixture = await setUp();
  const { peer, server } = fixture;
  const jobs = () => server.server.gauges(0).jobs;
  await until(() => jobs() === 1, "the index to be made");
  server.root.write("in/later.bin", "");
  Deno.truncateSync(server.root.join("in/later.bin"), HUGE_BYTES);
  const id = await peer.ask("STAT", { path: "in/later.bin" });
  await peer.request("STAT", { path: "out.txt" }); // By now the other path is looked up, too
  await until(() => jobs() === 2, "the hash to be computed");
  await fixture.setRules(CLOSED);
  assertEquals(await peer.fail(id), "denied");
});

Deno.test("LIST: gives no further page of a folder that the rules have closed", async () => {
  await using fixture = await setUp();
  const { peer, server } = fixture;
  for (let i = 0; i < 1_500; i++) server.root.write(`in/${i}-${"n".repeat(100)}.txt`, "");
  const page = await peer.request("LIST", { path: "in" });
  assertEquals(page.more, true);
  const { path: after } = (page.entries as { path: string }[]).at(-1)!;
  await fixture.setRules(CLOSED);
  assertEquals(await peer.refusal("LIST", { path: "in", after }), "not-found");
});

/** How an account loses all its rights. */
const LOSSES: Readonly<Record<string, (fixture: Fixture) => Promise<void> | void>> = {
  "its account is removed": ({ data }) => {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    accounts.store.remove(USER);
  },
  "its password is changed": async ({ data }) => {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.setPassword(USER, "another horse");
  },
  "it is banned": ({ server }) => void server.server.ban(USER, "banned"),
  "it is kicked": ({ server }) => void server.server.kick(USER, "kicked"),
};

for (const [what, lose] of Object.entries(LOSSES)) {
  Deno.test(`FGET, FPUT: end when ${what}, on data connections, too`, async () => {
    await using fixture = await setUp({ requireAccount: true });
    const { server } = fixture;
    using owner = await Protocol2Peer.connect(server.port);
    await logIn(owner);
    using download = await owner.attach(server.port);
    using upload = await owner.attach(server.port);
    for (const peer of [owner, download]) {
      await peer.ask("FGET", { path: "in/huge.bin" });
      await peer.expect("FMET");
    }
    await upload.ask("FPUT", { path: "new.bin", size: 4 });
    await upload.expect("REDY");
    await lose(fixture);
    await assertDenied(owner, null);
    assertEquals(await owner.readToEnd(), []);
    const { bytes } = await readRest(download).catch(() => ({ bytes: 0 })); // Reset
    assert(bytes < HUGE_BYTES, `${bytes} bytes came`);
    await upload.sendContent(1, "late").catch(() => {}); // Reset
    await server.waitFor("disconnected", ({ client }) => client === 4);
    assertEquals(server.root.list().includes("new.bin"), false);
    using late = await RawPeer.connect(server.port);
    await late.sendFrame("HELO", JSON.stringify({ protocol: 2, attach: owner.session }));
    assertEquals((await late.expect("FAIL")).type, "FAIL");
  });
}
