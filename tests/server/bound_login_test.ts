import { assertEquals } from "@std/assert";
import { chooseBinding, type ScramBinding, ScramClient } from "../../lib/accounts/scram_client.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { connect } from "../../lib/client/connect.ts";
import { OWN_NAME, parseCertificate, serverEndPointOf } from "../../lib/stream/tls/certificate.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { issue } from "../helpers/certificates.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LOGIN = { user: "alice", password: "correct horse" };
const PASSWORD = new ScramPassword(LOGIN.password);
const PLUS = "SCRAM-SHA-256-PLUS";
const PLAIN = "SCRAM-SHA-256";

interface Fixture extends AsyncDisposable {
  readonly server: TestServer;
  /** The server's certificate in PEM; `null` without TLS. */
  readonly certificate: string | null;
  /** Connects a peer that has exchanged HELO. */
  connect(): Promise<Protocol2Peer>;
}

/** A server with an account. @param algorithm of its certificate; `null` for no TLS */
async function setUp(
  algorithm: Parameters<typeof issue>[0] | null = {},
): Promise<Fixture> {
  const stack = new AsyncDisposableStack();
  const data = stack.use(new TempDir());
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  await accounts.store.add(LOGIN.user, LOGIN.password, "member");
  const issued = algorithm === null ? null : await issue({ names: [OWN_NAME], ...algorithm });
  const paths = { certificatePath: data.join("cert.pem"), keyPath: data.join("key.pem") };
  data.write("cert.pem", issued?.certificate ?? "");
  data.write("key.pem", issued?.key ?? "");
  const tls = issued === null ? {} : { tls: paths };
  const server = stack.use(await startServer({ dataDirectory: data.path, ...tls }));
  return {
    server,
    certificate: issued?.certificate ?? null,
    async connect() {
      const raw = issued === null
        ? await RawPeer.connect(server.port)
        : await connectTls(server.port, issued.certificate);
      const peer = new Protocol2Peer(raw);
      await peer.send("HELO", { protocol: 2, agent: "test" });
      peer.hello = JSON.parse(new TextDecoder().decode((await raw.expect("HELO")).payload));
      return peer;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function connectTls(port: number, certificate: string): Promise<RawPeer> {
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
  return new RawPeer(await Deno.startTls(tcp, { hostname: OWN_NAME, caCerts: [certificate] }));
}

/** Sends client-first, and client-final if the server wants it; returns the last answer. */
async function attempt(peer: Protocol2Peer, binding: ScramBinding): Promise<Json> {
  const client = new ScramClient(LOGIN.user, PASSWORD, { binding });
  const id = await peer.ask("AUTH", { mechanism: binding.mechanism, data: btoa(client.first) });
  const first = await peer.read();
  if (first?.type !== "AUTH") return first?.json ?? {};
  const data = btoa(await client.handleFirst(atob(String(first.json.data))));
  await peer.send("AUTH", { id, data });
  const last = (await peer.read())?.json ?? {};
  if (last.data !== undefined) client.handleFinal(atob(String(last.data)));
  return last;
}

function mechanismsOf(peer: Protocol2Peer): unknown {
  return (peer.hello.auth as Json).mechanisms;
}

const UNBOUND = chooseBinding([], undefined);
const COULD = chooseBinding([], null);

Deno.test("AUTH: over TLS a login is bound to the certificate of its connection", async () => {
  await using fixture = await setUp();
  const endPoint = serverEndPointOf(parseCertificate(fixture.certificate!)!);
  using peer = await fixture.connect();
  assertEquals(mechanismsOf(peer), [PLUS, PLAIN]);
  const wrong = await attempt(peer, chooseBinding([PLUS], new Uint8Array(32)));
  assertEquals([wrong.code, wrong.reason], ["auth-failed", "login-relayed"]);
  assertEquals((await attempt(peer, chooseBinding([PLUS], endPoint))).user, LOGIN.user);
});

Deno.test("AUTH: over TLS a client that could bind and does not is refused, one that cannot logs in", async () => {
  await using fixture = await setUp();
  using peer = await fixture.connect();
  const refused = await attempt(peer, COULD);
  assertEquals([refused.code, refused.reason], ["auth-failed", "login-relayed"]);
  assertEquals((await attempt(peer, UNBOUND)).user, LOGIN.user);
});

Deno.test("AUTH: without TLS there is nothing to bind to", async () => {
  await using fixture = await setUp(null);
  using peer = await fixture.connect();
  assertEquals(mechanismsOf(peer), [PLAIN]);
  const bound = await attempt(peer, chooseBinding([PLUS], new Uint8Array(32)));
  assertEquals(bound.code, "unsupported");
  assertEquals((await attempt(peer, COULD)).user, LOGIN.user);
});

Deno.test("connect: logs in over TLS to a server that does not offer to bind", async () => {
  await using fixture = await setUp({ algorithm: { name: "Ed25519" } });
  using peer = await fixture.connect();
  assertEquals(mechanismsOf(peer), [PLAIN]);
  const endpoint = { hostname: "127.0.0.1", port: fixture.server.port };
  await using client = await connect({ ...endpoint, login: LOGIN, tls: { accept: () => true } });
  assertEquals(client.account?.user, LOGIN.user);
});
