/** Links of several servers: made, used, counted and taken back anywhere, they hold everywhere. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { formatTarget } from "../../lib/stream/target.ts";
import { LocalLinkKeeper } from "../../lib/accounts/link_keeper.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { CLAIM, logInByLink, OTHER_CLAIM, refusalOf, type SharedLink } from "../helpers/links.ts";
import { LinkCluster } from "../helpers/link_cluster.ts";
import { NEEDS_NATS } from "../helpers/nats.ts";
import { dataFrames, type Json, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The links of an account, as a server lists them. */
async function linksAt(server: LinkCluster["servers"][number], user = "alice"): Promise<Json[]> {
  using peer = await server.member(user);
  return (await peer.request("LNKS")).links as Json[];
}

/** Reads the rest of a download, which fails; returns code and reason. */
async function failureOf(peer: Protocol2Peer): Promise<string> {
  for (;;) {
    const message = await peer.read();
    if (message?.type === "FDAT") continue;
    assertEquals(message?.type, "FAIL");
    return [message?.json.code, message?.json.reason].join(" ");
  }
}

/** Breaks an upload off once the server has written what was sent; returns the code of its failure. */
async function cutOff(
  server: LinkCluster["servers"][number],
  shared: SharedLink,
  use: Json,
  sent: Uint8Array<ArrayBuffer>,
): Promise<string> {
  using peer = await server.receiver(shared);
  const id = await peer.ask("FPUT", use);
  await peer.expect("REDY");
  await peer.raw.send(...dataFrames(sent));
  const { root } = server.server;
  const parts = () => [...Deno.readDirSync(root.join(".tcp-chat"))].map(({ name }) => name);
  const sizes = () => parts().map((name) => Deno.statSync(root.join(".tcp-chat", name)).size);
  await until(() => sizes().includes(sent.length), "the part");
  await peer.send("FCAN", { id });
  return await peer.fail(id);
}

Deno.test(
  "several servers: a link that is made at one is listed and used at another at once",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    const [first, second] = cluster.servers;
    await cluster.fill(["docs"], { "docs/a.txt": "a", "other.txt": "other" });
    const { link: id, secret } = await first!.share("docs", { note: "for Bob" });
    using peer = await second!.receiver({ link: id, secret });
    assertEquals(text((await peer.get("docs/a.txt")).bytes), "a");
    assertEquals(await peer.refusal("FGET", { path: "other.txt" }), "not-found");
    const listed = await linksAt(second!);
    assertEquals(listed.map(({ link, note }) => [link, note]), [[id, "for Bob"]]);
    assertEquals(await linksAt(first!), listed);
    const target = { hostname: "127.0.0.1", port: second!.server.port, path: "docs" };
    await using client = await connect(formatTarget({ ...target, link: { id, secret } }));
    const directory = second!.data.join("got");
    const { file } = await client.download("docs/a.txt", { directory });
    assertEquals(Deno.readTextFileSync(file), "a");
  },
);

Deno.test(
  "several servers: the claims of a link are counted together, and stay open at all of them",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    const [first, second] = cluster.servers;
    await cluster.fill(["docs"], { "docs/a.txt": "a" });
    const shared = await first!.share("docs", { count: 1 });
    using one = await first!.receiver(shared, CLAIM);
    using other = await second!.receiver(shared, OTHER_CLAIM);
    const use = { path: "docs/a.txt" };
    const ids = [await one.ask("FGET", use), await other.ask("FGET", use)] as const;
    const ends = await Promise.all([one, other].map(async (peer, i) => {
      const message = await within(peer.read(), "an answer");
      if (message?.type === "FAIL") return message.json.reason;
      assertEquals([message?.type, message?.json.id], ["FMET", ids[i]]);
      return "sent";
    }));
    assertEquals(ends.toSorted(), ["link-used", "sent"]);
    const winner = ends[0] === "sent" ? CLAIM : OTHER_CLAIM;
    for (const server of cluster.servers) {
      using again = await server.receiver(shared, winner);
      assertEquals(text((await again.get("docs/a.txt")).bytes), "a");
      await assertRejects(() => server.receiver(shared), Error, "link-used");
      assertEquals((await linksAt(server))[0]!.ended, "used");
    }
  },
);

Deno.test(
  "several servers: a link that is taken back at one ends what is moved by it at another",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    const [first, second] = cluster.servers;
    const large = patternedBytes(24_000_000, 3); // More than sockets hold
    await cluster.fill(["docs", "inbox"], { "docs/large.bin": large });
    const shared = await first!.share("docs");
    const wanted = await first!.share("inbox", { kind: "put" });
    using down = await first!.receiver(shared);
    await down.ask("FGET", { path: "docs/large.bin" });
    await down.expect("FMET");
    using up = await first!.receiver(wanted);
    const id = await up.ask("FPUT", { path: "inbox/x", size: 2, key: "k" });
    await up.expect("REDY");
    using root = await second!.member("root");
    for (const { link } of [shared, wanted]) await root.request("UNLK", { link });
    assertEquals(await within(failureOf(down), "the end of the download"), "denied link-revoked");
    const refused = await within(up.expect("FAIL"), "the end of the upload");
    assertEquals([refused.id, refused.code, refused.reason], [id, "denied", "link-revoked"]);
    for (const server of cluster.servers) {
      await assertRejects(() => server.receiver(shared), Error, "link-revoked");
    }
    using alice = await first!.member();
    assertEquals(await refusalOf(alice, "UNLK", { link: "aaaaaaaa" }), "not-found link-unknown");
  },
);

Deno.test(
  "several servers: uploads by a link at all of them together never exceed its size",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    await cluster.fill(["inbox"], {});
    const shared = await cluster.servers[0]!.share("inbox", { kind: "put", size: 10 });
    const peers = await Promise.all(cluster.servers.map((server) => server.receiver(shared)));
    const ids: number[] = [];
    for (const [i, peer] of peers.entries()) {
      ids.push(await peer.ask("FPUT", { path: `inbox/${i}`, size: 6, key: "k" }));
      await peer.expect("REDY");
    }
    const ends = await Promise.all(peers.map(async (peer, i) => {
      await peer.sendContent(ids[i]!, "123456");
      const message = await within(peer.read(), "the end of an upload");
      return message?.json.reason ?? message?.type;
    }));
    assertEquals(ends.toSorted(), ["DONE", "link-full"]);
    for (const [i, server] of cluster.servers.entries()) {
      using alice = await server.member();
      const { entries } = await alice.request("LIST", { path: "inbox" });
      assertEquals((entries as Json[]).map(({ size }) => size), [6]);
      assertEquals((await linksAt(server))[0]!.sizeLeft, 4);
      assertEquals(
        await refusalOf(peers[i]!, "FPUT", { path: "inbox/more", size: 5, key: "k" }),
        "too-large link-full",
      );
    }
    for (const peer of peers) await peer.put(`inbox/${peers.indexOf(peer)}-2`, "12");
    await until(async () => (await linksAt(cluster.servers[0]!))[0]!.sizeLeft === 0, "the bytes");
    for (const peer of peers) peer[Symbol.dispose]();
  },
);

Deno.test(
  "several servers: what is kept of an upload by a link that goes on elsewhere takes no room from others",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    const [first, second] = cluster.servers;
    await cluster.fill(["inbox"], {});
    const content = patternedBytes(200_000);
    const shared = await first!.share("inbox", { kind: "put", size: 300_000 });
    const use = { path: "inbox/1", size: content.length, key: "k" };
    assertEquals(await cutOff(first!, shared, use, content.subarray(0, 150_000)), "cancelled");
    using one = await first!.receiver(shared);
    const full = { path: "inbox/2", size: 150_001, key: "k" };
    assertEquals(await refusalOf(one, "FPUT", full), "too-large link-full");
    using other = await second!.receiver(shared);
    await other.put("inbox/1", content, { key: "k" });
    await one.put("inbox/2", content.subarray(0, 100_000), { key: "k" });
    const sent = { path: "inbox/1", size: content.length, sha256: sha256Of(content) };
    assertEquals((await one.request("FPUT", sent)).path, "inbox/1"); // The log has told of it
    using bare = await first!.receiver(await first!.share("inbox", { kind: "put" }));
    assertEquals(await refusalOf(bare, "FPUT", sent), "exists link-exists");
    assertEquals(
      await refusalOf(one, "FPUT", { ...full, path: "inbox/3", size: 1 }),
      "too-large link-full",
    );
  },
);

Deno.test(
  "several servers: a batch of uploads by a link takes what is left, and no more",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    const [first, second] = cluster.servers;
    await cluster.fill(["inbox"], {});
    const shared = await first!.share("inbox", { kind: "put", size: 3 });
    using peer = await second!.receiver(shared);
    const put = async (names: readonly string[]) => {
      const sha256 = names.map((name) => sha256Of(name)).join("");
      const batch = { path: "inbox", names: names.join("\n"), mtimes: names.map(() => 0), sha256 };
      const id = await peer.ask("MPUT", { ...batch, sizes: names.map(() => 1) });
      await peer.raw.send(...dataFrames(names.join("")));
      await peer.send("FEND", { id, sha256: sha256Of(names.join("")) });
      return await peer.done(id);
    };
    assertEquals(await put(["a", "b"]), {});
    assertEquals((await linksAt(second!))[0]!.sizeLeft, 1);
    assertEquals(await put(["c", "d"]), { alone: [1] });
    assertEquals((await linksAt(second!))[0]!.sizeLeft, 0);
    using alice = await second!.member();
    const { entries } = await alice.request("LIST", { path: "inbox" });
    assertEquals((entries as Json[]).map(({ path }) => path), ["inbox/a", "inbox/b", "inbox/c"]);
  },
);

Deno.test(
  "several servers: the creator of a link is told of files wherever it is in the chat",
  NEEDS_NATS,
  async () => {
    await using cluster = await LinkCluster.start();
    const [first, second] = cluster.servers;
    await cluster.fill(["inbox"], {});
    const shared = await first!.share("inbox", { kind: "put" });
    using alice = await second!.member();
    using bob = await second!.member("bob");
    for (const peer of [alice, bob]) await peer.request("JOIN", { room: "lobby" });
    using peer = await first!.receiver(shared);
    await peer.put("inbox/x.txt", "x");
    const { text } = await within(alice.event(({ event }) => event === "notice"), "the notice");
    assert(String(text).includes(shared.link) && String(text).includes("inbox/x.txt"));
    await bob.assertLives();
    assertEquals(bob.events.filter(({ event }) => event === "notice"), []);
  },
);

Deno.test(
  "several servers: the links of the first server are those of the cluster",
  NEEDS_NATS,
  async () => {
    const made: { id: string; secret: string }[] = [];
    await using cluster = await LinkCluster.start(async (data) => {
      using accounts = new TestAccounts(data.join("tcp-chat.db"));
      const { link, secret } = await new LocalLinkKeeper(accounts.database, accounts.store).add({
        ...{ kind: "get", path: "docs", truePath: "docs", creator: null, lifeMs: 60_000 },
        ...{ count: null, sizeBytes: null, note: null },
      });
      made.push({ id: link.id, secret });
    });
    await cluster.fill(["docs"], { "docs/a.txt": "a" });
    const [{ id, secret } = { id: "", secret: "" }] = made;
    using peer = await cluster.servers[1]!.guest();
    const { role } = await logInByLink(peer, `link:${id}`, secret);
    assertEquals(role, "link");
    assertEquals(text((await peer.get("docs/a.txt")).bytes), "a");
  },
);
