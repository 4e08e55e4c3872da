import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { OWN_NAME } from "../../lib/stream/tls/certificate.ts";
import { connectTls, type TlsPin, type UnknownServer } from "../../lib/stream/tls/connect.ts";
import { derOf, issue, type TestCertificate } from "../helpers/certificates.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { ascii } from "../helpers/step_sink.ts";
import { readAllBytes, TlsFixture } from "../helpers/tls.ts";

const LIMITS = { timeoutMs: DEADLINE_MS };
const NAMES = [OWN_NAME, "localhost", "127.0.0.1"];
const never = () => Promise.reject(new Error("accept must not be called"));

function pinOf({ fingerprint, certificate }: TestCertificate, isCached = true): TlsPin {
  return { fingerprint, certificate: isCached ? derOf(certificate).toBase64() : null };
}

/** The error of a failed attempt to connect. */
async function failure(connecting: Promise<unknown>): Promise<ConnectionError> {
  return await assertRejects(() => connecting, ConnectionError);
}

/** Checks that the next connection to the server has received nothing. */
async function assertNothingSent(fixture: TlsFixture): Promise<void> {
  assertEquals(await readAllBytes(await fixture.next()), new Uint8Array(0));
}

Deno.test("connectTls: passes an unknown server to accept, and returns its pin", async () => {
  await using fixture = await TlsFixture.open(null, { certificate: await issue({ names: NAMES }) });
  const asked: UnknownServer[] = [];
  const accept = (server: UnknownServer) => asked.push(server) > 0;
  const { socket, pin } = await connectTls(fixture.endpoint, { pin: null, accept }, LIMITS);
  const { fingerprint } = fixture.certificate;
  assertEquals(asked, [{ address: `127.0.0.1:${fixture.port}`, fingerprint, names: NAMES }]);
  assertEquals(pin, pinOf(fixture.certificate));
  await assertNothingSent(fixture); // The connection of the probe
  await socket.write(ascii("hello"));
  await socket.closeWrite();
  const server = await fixture.next();
  assertEquals(await readAllBytes(server), ascii("hello"));
  await server.write(ascii("answer"));
  await server.closeWrite();
  assertEquals(await readAllBytes(socket), ascii("answer"));
  socket.close();
});

Deno.test("connectTls: sends nothing to a server that accept refuses", async () => {
  await using fixture = await TlsFixture.open(null, { certificate: await issue({ names: NAMES }) });
  const error = await failure(
    connectTls(fixture.endpoint, { pin: null, accept: () => false }, LIMITS),
  );
  assertEquals(error.code, "certificate-untrusted");
  assertEquals(error.address, `127.0.0.1:${fixture.port}`);
  assertEquals(error.details, { actual: fixture.certificate.fingerprint });
  await assertNothingSent(fixture);
});

Deno.test("connectTls: connects directly to a pinned server, without accept", async () => {
  await using fixture = await TlsFixture.open(null, { certificate: await issue({ names: NAMES }) });
  const pin = pinOf(fixture.certificate);
  const connected = await connectTls(fixture.endpoint, { pin, accept: never }, LIMITS);
  assertEquals(connected.pin, pin);
  await connected.socket.write(ascii("first")); // No probe came before
  await connected.socket.closeWrite();
  assertEquals(await readAllBytes(await fixture.next()), ascii("first"));
  connected.socket.close();
});

Deno.test("connectTls: needs no more than the fingerprint in a pin", async () => {
  await using fixture = await TlsFixture.open(null, { certificate: await issue({ names: NAMES }) });
  for (const certificate of [null, "no base64!", "AAAA"]) {
    const pin = { fingerprint: fixture.certificate.fingerprint, certificate };
    const connected = await connectTls(fixture.endpoint, { pin, accept: never }, LIMITS);
    assertEquals(connected.pin, pinOf(fixture.certificate));
    connected.socket.close();
  }
});

Deno.test("connectTls: accepts a renewed certificate with the pinned key", async () => {
  const old = await issue({ names: NAMES });
  const certificate = await issue({ names: NAMES, keys: old.keys, toDays: 300 });
  await using fixture = await TlsFixture.open(null, { certificate });
  const connected = await connectTls(
    fixture.endpoint,
    { pin: pinOf(old), accept: never },
    LIMITS,
  );
  assertEquals(connected.pin, pinOf(certificate));
  connected.socket.close();
});

Deno.test("connectTls: accepts another name on a certificate with the pinned key", async () => {
  const old = await issue({ subject: "CN=old", names: ["old.example"] });
  const certificate = await issue({ subject: "CN=new", names: ["new.example"], keys: old.keys });
  await using fixture = await TlsFixture.open(null, { certificate });
  const { socket, pin } = await connectTls(
    fixture.endpoint,
    { pin: pinOf(old), accept: never },
    LIMITS,
  );
  assertEquals(pin, pinOf(certificate));
  socket.close();
});

Deno.test("connectTls: can accept a certificate of a private authority, with its chain", async () => {
  const authority = await issue({ subject: "CN=authority", isAuthority: true });
  const own = await issue({ names: ["chat.corp.example"], issuer: authority });
  const certificate = { ...own, certificate: own.certificate + authority.certificate };
  await using fixture = await TlsFixture.open(null, { certificate });
  const first = await connectTls(fixture.endpoint, { pin: null, accept: () => true }, LIMITS);
  first.socket.close();
  assertEquals(first.pin, pinOf(own));
  const again = await connectTls(fixture.endpoint, { pin: first.pin, accept: never }, LIMITS);
  again.socket.close();
});

Deno.test("connectTls: refuses a certificate that cannot be verified, accepted or not", async () => {
  const authority = await issue({ subject: "CN=authority", isAuthority: true });
  const reasons = {
    authority: await issue({ names: NAMES, isAuthority: true }),
    "names no server": await issue({ names: ["*.example"] }),
    "not whole": await issue({ names: ["a.example"], issuer: authority }),
  };
  for (const [reason, certificate] of Object.entries(reasons)) {
    await using fixture = await TlsFixture.open(null, { certificate });
    const error = await failure(
      connectTls(fixture.endpoint, { pin: null, accept: () => true }, LIMITS),
    );
    assertEquals(error.code, "certificate-unusable");
    assert(error.message.includes(reason), error.message);
  }
});

Deno.test("connectTls: refuses a certificate outside its dates, pinned or not, with both dates", async () => {
  const dates = { expired: [-20, -10], "not-yet-valid": [10, 20] } as const;
  for (const [kind, [fromDays, toDays]] of Object.entries(dates)) {
    const certificate = await issue({ names: NAMES, fromDays, toDays });
    await using fixture = await TlsFixture.open(null, { certificate });
    for (const pin of [null, pinOf(certificate), pinOf(certificate, false)]) {
      const error = await failure(connectTls(fixture.endpoint, { pin, accept: never }, LIMITS));
      assertEquals(error.code, `certificate-${kind}`);
      const { validFrom, validTo, now } = error.details;
      const dayOf = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
      assertEquals(validFrom?.slice(0, 10), dayOf(fromDays).slice(0, 10));
      assertEquals(validTo?.slice(0, 10), dayOf(toDays).slice(0, 10));
      assertEquals(now?.slice(0, 10), dayOf(0).slice(0, 10));
    }
  }
});

Deno.test("connectTls: throws tls-unexpected for a server without TLS", async () => {
  await using server = await startServer();
  const endpoint = { hostname: "127.0.0.1", port: server.port };
  for (const pin of [null, pinOf(await issue({ names: NAMES }), false)]) {
    const error = await failure(connectTls(endpoint, { pin, accept: never }, LIMITS));
    assertEquals(error.code, "tls-unexpected");
    assertEquals(error.address, `127.0.0.1:${server.port}`);
  }
});

Deno.test("connectTls: gives up on a server that stays silent or closes", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = { hostname: "127.0.0.1", port: listener.addr.port };
  for (const pin of [null, pinOf(await issue({ names: NAMES }), false)]) {
    const trust = { pin, accept: never };
    const silent = await failure(connectTls(endpoint, trust, { timeoutMs: 50 }));
    assertEquals(silent.code, "handshake");
    assert(silent.message.includes("no answer within 0.05 s"), silent.message);
    (await listener.accept()).close();
    const connecting = failure(connectTls(endpoint, trust, LIMITS));
    (await listener.accept()).close();
    assertEquals((await connecting).code, "handshake");
  }
});

Deno.test("connectTls: throws the reason of an abort", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = { hostname: "127.0.0.1", port: listener.addr.port };
  const reason = new Error("changed my mind");
  for (const pin of [null, pinOf(await issue({ names: NAMES }), false)]) {
    const controller = new AbortController();
    const limits = { ...LIMITS, signal: controller.signal };
    const connecting = connectTls(endpoint, { pin, accept: never }, limits);
    const accepted = await listener.accept();
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => connecting), reason);
    accepted.close();
    const after = connectTls(endpoint, { pin, accept: never }, limits);
    assertStrictEquals(await assertRejects(() => after), reason);
  }
});

Deno.test("connectTls: leaves at most one connection to a silent server open, however often it tries", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = { hostname: "127.0.0.1", port: listener.addr.port };
  const accepted: RawPeer[] = [];
  const trust = { pin: pinOf(await issue({ names: NAMES })), accept: never };
  for (let i = 0; i < 5; i++) {
    const controller = new AbortController();
    const limits = i % 2 === 0 ? { timeoutMs: 50 } : { ...LIMITS, signal: controller.signal };
    const connecting = assertRejects(() => connectTls(endpoint, trust, limits));
    const server = new RawPeer(await listener.accept());
    accepted.push(server);
    await server.readBytes(1); // The ClientHello is on its way
    controller.abort(new Error("changed my mind"));
    await connecting;
  }
  const [first, ...others] = accepted;
  for (const server of others) {
    await server.ended();
    server.close();
  }
  first!.close();
});

Deno.test("connectTls: connects to a server that was silent once", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const certificate = await issue({ names: NAMES });
  const trust = { pin: pinOf(certificate), accept: never };
  const silent = failure(connectTls({ hostname: "127.0.0.1", port }, trust, { timeoutMs: 50 }));
  using _server = new RawPeer(await listener.accept());
  await silent;
  listener.close();
  await using fixture = await TlsFixture.open(null, { certificate, port });
  for (let i = 0; i < 2; i++) {
    const { socket } = await connectTls(fixture.endpoint, trust, LIMITS);
    socket.close();
  }
  assertEquals(await readAllBytes(await fixture.next()), new Uint8Array(0)); // The probe
});

Deno.test("connectTls: closes the connection of its probe when it is aborted", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = { hostname: "127.0.0.1", port: listener.addr.port };
  const pin = pinOf(await issue({ names: NAMES }), false);
  const reason = new Error("changed my mind");
  const controller = new AbortController();
  const { signal } = controller;
  const connecting = assertRejects(() =>
    connectTls(endpoint, { pin, accept: never }, { ...LIMITS, signal })
  );
  using server = new RawPeer(await listener.accept());
  await server.readBytes(1); // The ClientHello is on its way
  controller.abort(reason);
  assertStrictEquals(await connecting, reason);
  await server.ended();
});

Deno.test("connectTls: refuses a server that shows another key after it was accepted", async () => {
  const authority = await issue({ subject: "CN=authority", isAuthority: true });
  const names = ["chat.corp.example"]; // Without the own name, the whole authority is trusted
  const [shown, other] = [
    await issue({ names, issuer: authority }),
    await issue({
      names,
      issuer: authority,
    }),
  ];
  const withChain = (own: TestCertificate) => {
    return { ...own, certificate: own.certificate + authority.certificate };
  };
  await using fixture = await TlsFixture.open(null, { certificate: withChain(shown) });
  const accept = () => {
    fixture.listener.renew(withChain(other));
    return true;
  };
  const error = await failure(connectTls(fixture.endpoint, { pin: null, accept }, LIMITS));
  assertEquals(error.code, "certificate-changed");
  assertEquals(error.details, { expected: shown.fingerprint, actual: other.fingerprint });
  for (let i = 0; i < 2; i++) await assertNothingSent(fixture);
});
