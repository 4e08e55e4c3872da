import { assert, assertEquals, assertRejects } from "@std/assert";
import { createServer as createTcpServer, type Socket } from "node:net";
import { connect, createSecureContext, TLSSocket } from "node:tls";
import { parseCertificate } from "../../lib/stream/tls/certificate.ts";
import { derOf, forgeVersion1, issue, type TestCertificate } from "../helpers/certificates.ts";
import { within } from "../helpers/deadline.ts";
import { ImpostorServer } from "../helpers/impostor_server.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { connectThroughRelay, drain, writeAll } from "../helpers/tls.ts";

const RECORD = 16 * 1_024;
/** More than the buffers of both ends hold. */
const MORE_THAN_FITS = 64 * 1_024 * 1_024;

/** Both ends of a connection between the runtime's listener and client. */
async function pair(certificate: TestCertificate) {
  const options = { cert: certificate.certificate, key: certificate.key };
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...options });
  const { port } = listener.addr as Deno.NetAddr;
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
  const client = await Deno.startTls(tcp, {
    hostname: "localhost",
    caCerts: [certificate.certificate],
  });
  const server = await listener.accept();
  return { client, server };
}

const certificate = await issue();

Deno.test("Deno.TlsConn: exposes the verified certificate, under a private symbol", async () => {
  const { client, server } = await pair(certificate);
  await client.handshake();
  const method = Object.getOwnPropertySymbols(Object.getPrototypeOf(client))
    .find(({ description }) => description === "getPeerCertificate");
  assert(method !== undefined);
  const { raw } = (client as unknown as Record<symbol, () => { raw: Uint8Array }>)[method]!();
  assertEquals(new Uint8Array(raw), derOf(certificate.certificate));
  client.close();
  server.close();
});

Deno.test("X509Certificate: tells the algorithm of the signature, which its type does not declare", async () => {
  const parsed = parseCertificate((await issue()).certificate)!;
  assert("signatureAlgorithmOid" in parsed);
  assertEquals(parsed.signatureAlgorithmOid, "1.2.840.10045.4.3.2");
});

Deno.test("Deno.TlsConn.read: returns one record", async () => {
  const { client, server } = await pair(certificate);
  const writing = writeAll(server, new Uint8Array(4 * RECORD));
  for (let i = 0; i < 4; i++) {
    assertEquals(await client.read(new Uint8Array(10 * RECORD)), RECORD);
  }
  await writing;
  client.close();
  server.close();
});

Deno.test("Deno.TlsConn.write: works after the peer's close_notify", async () => {
  const { client, server } = await pair(certificate);
  await client.write(new Uint8Array(3));
  await client.closeWrite();
  assertEquals(await drain(server), 3);
  assertEquals(await server.read(new Uint8Array(1)), null);
  await server.write(new Uint8Array(7));
  await server.closeWrite();
  assertEquals(await drain(client), 7);
  client.close();
  server.close();
});

Deno.test("Deno.TlsConn.read: fails with UnexpectedEof at an end without close_notify", async () => {
  const options = { cert: certificate.certificate, key: certificate.key };
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...options });
  const { port } = listener.addr as Deno.NetAddr;
  const [server, { cut }] = await Promise.all([
    listener.accept(),
    connectThroughRelay({ hostname: "127.0.0.1", port }, certificate),
  ]);
  await server.handshake();
  cut();
  await assertRejects(() => server.read(new Uint8Array(1)), Deno.errors.UnexpectedEof);
  server.close();
});

Deno.test("Deno.TlsConn.handshake: names a peer that does not speak TLS", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const plain = await listener.accept();
  await plain.write(new Uint8Array(20));
  const conn = await Deno.startTls(tcp, { hostname: "localhost" });
  await assertRejects(() => conn.handshake(), Error, "corrupt message of type InvalidContentType");
  conn.close();
  plain.close();
});

Deno.test("Deno.TlsConn.handshake: names the reason for an untrusted certificate", async () => {
  const options = { cert: certificate.certificate, key: certificate.key };
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...options });
  const { port } = listener.addr as Deno.NetAddr;
  const reasons = [["localhost", "UnknownIssuer"], [
    "other.example",
    "not valid for name",
  ]] as const;
  for (const [hostname, reason] of reasons) {
    const caCerts = reason === "UnknownIssuer" ? [] : [certificate.certificate];
    const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
    const client = await Deno.startTls(tcp, { hostname, caCerts });
    const server = await listener.accept();
    const error = await assertRejects(() => client.handshake(), Error, "invalid peer certificate");
    assert(error.message.includes(reason), error.message);
    client.close();
    server.close();
  }
});

Deno.test("Deno.TlsConn.handshake: refuses a CA certificate of a server", async () => {
  const authority = await issue({ isAuthority: true });
  const { client, server } = await pair(authority);
  await assertRejects(() => client.handshake(), Error, "CaUsedAsEndEntity");
  client.close();
  server.close();
});

Deno.test("node:tls: getPeerCertificate without verification does not prove the key", async () => {
  const impostorIdentity = await issue();
  await using impostor = new ImpostorServer(await forgeVersion1(certificate), impostorIdentity.key);
  const { port } = impostor.endpoint;
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("secureConnect", resolve);
  socket.on("error", reject);
  await within(promise, "the handshake");
  const shown = parseCertificate(socket.getPeerCertificate().raw)!;
  const pem = { type: "spki", format: "pem" } as const;
  const genuine = parseCertificate(certificate.certificate)!.publicKey.export(pem);
  assertEquals(shown.publicKey.export(pem), genuine);
  socket.destroy();
});

Deno.test("node:tls: a TLSSocket over a socket reads on while paused, and so gets a stream", async () => {
  const context = createSecureContext({ cert: certificate.certificate, key: certificate.key });
  const accepted = Promise.withResolvers<Socket>();
  const server = createTcpServer((socket) => {
    const tls = new TLSSocket(socket, { isServer: true, secureContext: context });
    tls.on("error", () => {});
    tls.pause();
    accepted.resolve(tls);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
  const caCerts = [certificate.certificate];
  const client = await Deno.startTls(tcp, { hostname: "localhost", caCerts });
  const socket = await accepted.promise;
  await within(writeAll(client, new Uint8Array(MORE_THAN_FITS)), "all to be taken");
  client.close();
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

Deno.test("Deno.TlsConn.close: leaves a connection open in its handshake, so the server uses node:tls", async () => {
  const options = { cert: certificate.certificate, key: certificate.key };
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...options });
  using peer = await RawPeer.connect((listener.addr as Deno.NetAddr).port);
  const conn = await listener.accept();
  const handshake = assertRejects(() => conn.handshake(), Deno.errors.Interrupted);
  conn.close();
  await handshake;
  await peer.send(new Uint8Array([0x16, 3, 1, 0, 4, 0x63, 0, 0, 0])); // The connection still answers
  assertEquals((await peer.readBytes(7))[0], 0x15);
});
