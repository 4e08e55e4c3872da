import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { Endpoint } from "../../lib/stream/endpoint.ts";
import { acceptConnections, type Listener } from "../../lib/stream/listener.ts";
import type { Socket } from "../../lib/stream/socket.ts";
import { listenTcp } from "../../lib/stream/tcp.ts";
import { TlsConnSocket } from "../../lib/stream/tls/conn_socket.ts";
import { listenTls, NoHandshakeError, TlsListener } from "../../lib/stream/tls/listener.ts";
import { derOf, issue } from "../helpers/certificates.ts";
import { DEADLINE_MS, within } from "../helpers/deadline.ts";
import { rawFrame, RawPeer, textOf } from "../helpers/raw_peer.ts";
import { ascii } from "../helpers/step_sink.ts";
import { PLAINTEXT_ANSWER, readAllBytes, TlsFixture } from "../helpers/tls.ts";
import { testListener } from "./listener_contract.ts";

const certificate = await issue();
/** Connects with the runtime's own TLS. */
async function connectTls(endpoint: Endpoint): Promise<Socket> {
  const tcp = await Deno.connect(endpoint);
  const caCerts = [certificate.certificate];
  return new TlsConnSocket(await Deno.startTls(tcp, { hostname: "localhost", caCerts }));
}

testListener("TlsListener", () =>
  Promise.resolve({
    listener: listenTls({ hostname: "127.0.0.1", port: 0 }, certificate, {
      plaintextAnswer: () => PLAINTEXT_ANSWER,
    }),
    connector: { connect: connectTls },
  }));

/** The first bytes of a handshake that is never completed. */
const PARTIAL_HELLO = new Uint8Array([0x16, 0x03, 0x01, 0x00, 0xc8, 0x01]);
/** A record that is no ClientHello. */
const NONSENSE = new Uint8Array([0x16, 0x03, 0x01, 0x00, 0x04, 0x63, 0x00, 0x00, 0x00]);

function hasOpenssl(): boolean {
  try {
    return new Deno.Command("openssl", { args: ["version"] }).outputSync().success;
  } catch {
    return false;
  }
}

Deno.test("TlsListener: accepts a connection once its handshake is done", async () => {
  await using fixture = await TlsFixture.open();
  const { server, client } = await fixture.pair();
  assertEquals((server.remoteAddr as Deno.NetAddr).port, (client.localAddr as Deno.NetAddr).port);
  await client.write(ascii("hi"));
  const buffer = new Uint8Array(10);
  assertEquals(await server.read(buffer), 2);
  client.close();
});

Deno.test("TlsListener: accepts a connection beside 200 handshakes that never end", async () => {
  await using fixture = await TlsFixture.open();
  const slow = await Promise.all(Array.from({ length: 200 }, () => RawPeer.connect(fixture.port)));
  for (const peer of slow) await peer.send(PARTIAL_HELLO);
  const { client } = await fixture.pair();
  client.close();
  for (const peer of slow) peer.close();
});

Deno.test("TlsListener: closes a connection whose handshake takes too long", async () => {
  await using fixture = await TlsFixture.open(null, { handshakeMs: 50 });
  using peer = await RawPeer.connect(fixture.port);
  await peer.send(PARTIAL_HELLO);
  await peer.ended();
  const error = await fixture.nextRefusal();
  assertInstanceOf(error, NoHandshakeError);
  assertEquals(error.code, "slow");
});

Deno.test("TlsListener: closes the oldest handshake when there are too many", async () => {
  await using fixture = await TlsFixture.open(null, { handshakes: 2 });
  using oldest = await RawPeer.connect(fixture.port);
  await oldest.send(PARTIAL_HELLO);
  using older = await RawPeer.connect(fixture.port);
  await older.send(PARTIAL_HELLO);
  const { client } = await fixture.pair();
  await oldest.ended();
  client.close();
});

Deno.test("TlsListener: answers a peer that does not speak TLS, and closes the connection", async () => {
  await using fixture = await TlsFixture.open();
  using peer = await RawPeer.connect(fixture.port);
  await peer.send(rawFrame("FILE", "a.txt"));
  const [frame] = await peer.readToEnd();
  assertEquals([frame?.type, textOf(frame!)], ["FERR", "TLS only"]);
  peer.close();
  const error = await fixture.nextRefusal();
  assertInstanceOf(error, NoHandshakeError);
  assertEquals(error.code, "plaintext");
});

Deno.test("TlsListener: answers a silent peer when its time is up", async () => {
  await using fixture = await TlsFixture.open(null, { handshakeMs: 50 });
  using peer = await RawPeer.connect(fixture.port);
  assertEquals(await peer.readBytes(PLAINTEXT_ANSWER.length), PLAINTEXT_ANSWER);
  peer.close();
  assertInstanceOf(await fixture.nextRefusal(), NoHandshakeError);
});

Deno.test("TlsListener: refuses a broken or missing handshake, without leaks", async () => {
  await using fixture = await TlsFixture.open();
  using broken = await RawPeer.connect(fixture.port);
  await broken.send(NONSENSE);
  const alert = await broken.readBytes(100);
  assertEquals([...alert.subarray(0, 2), alert.length], [0x15, 0x03, 7]);
  assertInstanceOf(await fixture.nextRefusal(), Error);
  using leaving = await RawPeer.connect(fixture.port);
  leaving.close();
  assertInstanceOf(await fixture.nextRefusal(), Error);
  using halfway = await RawPeer.connect(fixture.port);
  await halfway.send(PARTIAL_HELLO);
  halfway.close();
  assertInstanceOf(await fixture.nextRefusal(), Error);
});

Deno.test("TlsListener: serves the next client after one that distrusts the certificate", async () => {
  await using fixture = await TlsFixture.open();
  const tcp = await Deno.connect(fixture.endpoint);
  const client = await Deno.startTls(tcp, { hostname: "localhost" });
  await assertRejects(() => within(client.handshake(), "the handshake"), Deno.errors.InvalidData);
  client.close();
  assertInstanceOf(await fixture.nextRefusal(), Error);
  (await fixture.pair()).client.close();
});

for (const version of ["tls1", "tls1_1", "tls1_2", "tls1_3"]) {
  const isServed = version === "tls1_2" || version === "tls1_3";
  Deno.test({
    name: `TlsListener: ${isServed ? "serves" : "refuses"} ${version}`,
    ignore: !hasOpenssl(),
    fn: async () => {
      await using fixture = await TlsFixture.open((socket) => socket.closeWrite());
      const { success } = await new Deno.Command("openssl", {
        args: [
          "s_client",
          "-connect",
          `127.0.0.1:${fixture.port}`,
          `-${version}`,
          "-cipher",
          "DEFAULT@SECLEVEL=0",
        ],
        stdin: "null",
      }).output();
      assertEquals(success, isServed);
      if (!isServed) assertInstanceOf(await fixture.nextRefusal(), Error);
    },
  });
}

Deno.test("TlsListener.renew: presents the new certificate to later connections only", async () => {
  const certificate = await issue();
  const renewed = await issue({ keys: certificate.keys, names: ["renewed.example"] });
  await using fixture = await TlsFixture.open(null, { certificate });
  const before = await fixture.pair();
  fixture.listener.renew(renewed);
  const tcp = await Deno.connect(fixture.endpoint);
  const caCerts = [renewed.certificate];
  const after = await Deno.startTls(tcp, { hostname: "renewed.example", caCerts });
  await within(after.handshake(), "the handshake");
  await before.client.write(ascii("still here"));
  await before.client.closeWrite();
  assertEquals(await readAllBytes(before.server), ascii("still here"));
  before.client.close();
  after.close();
});

Deno.test("TlsListener.renew: a connection keeps the end point of the certificate that it began with", async () => {
  const certificate = await issue();
  const renewed = await issue({ keys: certificate.keys });
  await using fixture = await TlsFixture.open(null, { certificate });
  const endPoints = await Promise.all([certificate, renewed].map(async (presented) => {
    const der = await crypto.subtle.digest("SHA-256", derOf(presented.certificate));
    return new Uint8Array(der);
  }));
  const before = await fixture.pair();
  fixture.listener.renew(renewed);
  const tcp = await Deno.connect(fixture.endpoint);
  const caCerts = [renewed.certificate];
  const client = await Deno.startTls(tcp, { hostname: "localhost", caCerts });
  await within(client.handshake(), "the handshake");
  const after = await fixture.next();
  assertEquals([before.server.serverEndPoint, after.serverEndPoint], endPoints);
  before.client.close();
  client.close();
});

Deno.test("TlsListener: close cancels the handshakes under way", async () => {
  // Their own time limit would end them, too
  const fixture = await TlsFixture.open(null, { handshakeMs: 10 * DEADLINE_MS });
  using peer = await RawPeer.connect(fixture.port);
  await peer.send(PARTIAL_HELLO);
  (await fixture.pair()).client.close(); // By now the other handshake is under way, too
  await fixture[Symbol.asyncDispose]();
  await peer.ended();
});

Deno.test("TlsListener: close closes the connections that were not accepted yet", async () => {
  const listener = listenTls({ hostname: "127.0.0.1", port: 0 }, certificate, {
    plaintextAnswer: () => PLAINTEXT_ANSWER,
  });
  const { address } = listener;
  const connecting = connectTls(address);
  const accepted = await listener.accept();
  const first = await connecting;
  const waiting = await connectTls(address); // Its handshake may be done before the server's
  await waiting.write(ascii("hello"));
  listener.close();
  assertEquals(await listener.accept(), null);
  await assertRejects(() => Deno.connect(address));
  await within(readAllBytes(waiting).catch(() => null), "the end of the waiting connection");
  for (const socket of [accepted, first, waiting]) socket?.close();
});

Deno.test("TlsListener: rethrows errors of accepting, and tries again at the next call", async () => {
  const real = listenTcp({ hostname: "127.0.0.1", port: 0 });
  const script = [new Error("EMFILE"), new Error("EMFILE")];
  const flaky: Listener = {
    address: real.address,
    accept: () => script.length > 0 ? Promise.reject(script.shift()) : real.accept(),
    close: () => real.close(),
  };
  const certificate = await issue();
  const listener = new TlsListener(flaky, certificate, { plaintextAnswer: () => PLAINTEXT_ANSWER });
  const errors: unknown[] = [];
  const accepted = Promise.withResolvers<void>();
  const accepting = acceptConnections(listener, (socket) => {
    socket.close();
    accepted.resolve();
  }, (error) => errors.push(error));
  const tcp = await Deno.connect(real.address);
  const caCerts = [certificate.certificate];
  const client = await Deno.startTls(tcp, { hostname: "localhost", caCerts });
  await within(client.handshake(), "the handshake");
  await within(accepted.promise, "the connection");
  client.close();
  listener.close();
  await within(accepting, "the loop to end");
  assertEquals(errors.length, 1); // A series of them is reported once
  assertEquals(await listener.accept(), null);
});

Deno.test("listenTls: throws for a port that is taken", async () => {
  await using fixture = await TlsFixture.open();
  const certificate = await issue();
  const options = { plaintextAnswer: () => PLAINTEXT_ANSWER };
  let listener: TlsListener | null = null;
  try {
    listener = listenTls(fixture.endpoint, certificate, options);
  } catch (error) {
    assert(String(error).includes("127.0.0.1"));
  }
  assertEquals(listener, null);
});
