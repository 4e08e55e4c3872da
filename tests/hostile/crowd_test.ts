import { assertEquals } from "@std/assert";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { assertAllGone, assertServesOn, until } from "../helpers/serves_on.ts";

/** Connects, and checks that the server has accepted the client. */
async function enter(server: TestServer): Promise<RawPeer> {
  const peer = await server.connect();
  await peer.sendFrame("FILE", "missing");
  assertEquals(textOf(await peer.expect("FERR")), "File not found");
  return peer;
}

async function assertFull(peer: RawPeer, text = "server full"): Promise<void> {
  const frames = await peer.readToEnd();
  assertEquals(frames.map((frame) => [frame.type, textOf(frame)]), [["FERR", text]]);
}

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test('crowd: the server accepts maxClients clients, and answers a further client with "server full"', async () => {
  await using server = await startServer({ maxClients: 3 });
  using first = await enter(server);
  using second = await enter(server);
  using third = await enter(server);
  {
    using fourth = await server.connect();
    await assertFull(fourth);
  }
  const { code, client, address } = await server.waitFor(
    "refused",
    (event) => event.client === null,
  );
  assertEquals([code, client, address], ["server-full", null, "127.0.0.1"]);
  assertEquals(server.eventsOf("connected").length, 3);

  for (const peer of [first, second, third]) {
    server.server.announce("you are in");
    assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: you are in");
  }
});

Deno.test("crowd: the server accepts a further client after another has left", async () => {
  await using server = await startServer({ maxClients: 2 });
  for (const leave of ["QUIT", "close", "cut"]) {
    using first = await enter(server);
    using second = await enter(server);
    using refused = await server.connect();
    await assertFull(refused);
    if (leave === "QUIT") await first.sendFrame("QUIT");
    if (leave === "cut") await first.send("cut");
    first.close();
    await until(() => server.server.clients.length === 1, "a free place");
    using third = await enter(server);
    for (const peer of [second, third]) peer.close();
    await until(() => server.server.clients.length === 0, "an empty server");
  }
  await assertServesOn(server);
});

Deno.test("crowd: the server answers that it is full in its own language", async () => {
  await using server = await startServer({ maxClients: 0, language: "pt-BR" });
  using peer = await server.connect();
  await assertFull(peer, "servidor cheio");
});

Deno.test({
  name: "crowd: the server limits every address separately",
  ignore: !hasIpv6(),
  async fn() {
    await using server = await startServer({ hostname: "::", maxPerAddress: 2 });
    using first = await enter(server);
    using second = await enter(server);
    {
      using third = await server.connect();
      await assertFull(third, "This address has too many connections");
    }
    using other = new RawPeer(await Deno.connect({ hostname: "::1", port: server.port }));
    await other.sendFrame("FILE", "missing");
    await other.expect("FERR");
    const addresses = server.eventsOf("connected").map(({ address }) => address);
    assertEquals(addresses, ["127.0.0.1", "127.0.0.1", "::1"]);

    first.close();
    await until(() => server.server.clients.length === 2, "a free place");
    using fourth = await enter(server);
    for (const peer of [second, other, fourth]) peer.close();
    await assertAllGone(server);
  },
});

Deno.test("crowd: the server accepts 256 clients per address by default", async () => {
  await using server = await startServer();
  const peers: RawPeer[] = [];
  try {
    for (let i = 0; i < 256; i++) peers.push(await server.connect());
    await server.waitFor("connected", ({ client }) => client === 256);
    using late = await server.connect();
    await assertFull(late, "This address has too many connections");
  } finally {
    for (const peer of peers) peer.close();
  }
  await assertAllGone(server);
});

Deno.test("crowd: the server is not blocked by refused connections that stay open", async () => {
  await using server = await startServer({ maxClients: 1 });
  using inside = await enter(server);
  // More than the server answers at a time; no peer reads or closes
  const peers = await Promise.all(Array.from({ length: 300 }, () => server.connect()));
  try {
    await until(() => server.server.stats.refusals === 301, "all to be refused");
    for (const peer of peers) await peer.ended();
    await inside.sendFrame("FILE", "missing");
    await inside.expect("FERR");
  } finally {
    for (const peer of peers) peer.close();
  }
});
