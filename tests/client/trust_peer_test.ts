import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TlsRelay } from "../helpers/tls_relay.ts";

/** Two ways to a server with TLS, each with a key of its own, of which the first tells of the second. */
async function setUpTls(told: (other: TlsRelay) => string | null) {
  const stack = new AsyncDisposableStack();
  const data = stack.use(new TempDir());
  const server = stack.use(await startServer({ dataDirectory: data.path, tls: "own" }));
  const certificate = Deno.readTextFileSync(data.join("tls-cert.pem"));
  const target = { port: server.port, certificate };
  const second = stack.use(await TlsRelay.start(target));
  const first: TlsRelay = stack.use(
    await TlsRelay.start(target, {
      tamper: (frame) => {
        if (frame.type !== "HELO" || !textOf(frame).includes('"you"')) return frame;
        const fingerprint = told(second);
        const peers = [first, second].map(({ port }) => ({
          host: "127.0.0.1",
          port,
          ...(port === second.port && fingerprint !== null && { fingerprint }),
        }));
        const cluster = { name: "scripted", history: "00c0ffee" };
        const hello = { ...JSON.parse(textOf(frame)), cluster, peers };
        return { type: "HELO", payload: new TextEncoder().encode(JSON.stringify(hello)) };
      },
    }),
  );
  const knownHosts = new KnownHosts(data.join("known_hosts"));
  const { port } = first;
  await connect({ hostname: "127.0.0.1", port, tls: { knownHosts, accept: () => true } })
    .then((client) => client.quit());
  let asked = 0;
  const client = await ReconnectingClient.connect({
    hostname: "127.0.0.1",
    port,
    tls: { knownHosts, accept: () => ++asked > 0 },
  });
  stack.defer(() => client.close());
  /** Loses the first way, and works over the next. */
  const goOn = async () => {
    first.cut();
    await (await client.client).closed;
    await client.run(async (client) => await Array.fromAsync(client.list()), () => 0);
  };
  const isKnown = async () =>
    (await knownHosts.find({ hostname: "127.0.0.1", port: second.port }))?.fingerprint;
  return {
    second,
    knownHosts,
    goOn,
    isKnown,
    asked: () => asked,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("ReconnectingClient: trusts and remembers the key of a peer that a trusted server has told", async () => {
  await using fixture = await setUpTls(({ certificate }) => certificate.fingerprint);
  await fixture.goOn();
  assertEquals(await fixture.isKnown(), fixture.second.certificate.fingerprint);
  assertEquals(fixture.asked(), 0);
});

Deno.test("ReconnectingClient: goes to no peer with another key than told, or with none, and asks nothing", async () => {
  for (const told of [() => "ab".repeat(32), () => null]) {
    await using fixture = await setUpTls(told);
    await assertRejects(() => fixture.goOn(), ConnectionError);
    assertEquals(await fixture.isKnown(), undefined);
    assertEquals(fixture.asked(), 0);
  }
});

Deno.test("ReconnectingClient: no told key takes the place of one that is known", async () => {
  await using fixture = await setUpTls(({ certificate }) => certificate.fingerprint);
  const { knownHosts, second } = fixture;
  const known = { fingerprint: "cd".repeat(32), certificate: null };
  await knownHosts.remember({ hostname: "127.0.0.1", port: second.port }, known);
  await assertRejects(() => fixture.goOn(), ConnectionError);
  assertEquals(await fixture.isKnown(), known.fingerprint);
});
