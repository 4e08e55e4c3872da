/** A machine between client and server that ends TLS on both sides, with a key of its own. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { OWN_NAME } from "../../lib/stream/tls/certificate.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { issue } from "../helpers/certificates.ts";
import { run } from "../helpers/program.ts";
import { type RawFrame, textOf } from "../helpers/raw_peer.ts";
import { assertRelayed, thrownBy } from "../helpers/scram.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { exists } from "../../lib/files/exists.ts";
import { type Tamper, TlsRelay } from "../helpers/tls_relay.ts";

const LOGIN = { user: "alice", password: "correct horse battery" };

/** A server with an account behind a relay, and the known hosts of a user. */
class Scene implements AsyncDisposable {
  readonly knownHosts: KnownHosts;

  private constructor(
    readonly server: TestServer,
    readonly relay: TlsRelay,
    readonly data: TempDir,
  ) {
    this.knownHosts = new KnownHosts(data.join("known_hosts"));
  }

  static async start(options: Parameters<typeof TlsRelay.start>[1] = {}): Promise<Scene> {
    const data = new TempDir();
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add(LOGIN.user, LOGIN.password, "member");
    const server = await startServer({ dataDirectory: data.path, tls: "own" });
    const certificate = Deno.readTextFileSync(data.join("tls-cert.pem"));
    const relay = await TlsRelay.start({ port: server.port, certificate }, options);
    return new Scene(server, relay, data);
  }

  /** Connects through the relay, or to `port`. @param accept the user's answer to the fingerprint */
  connect(accept: boolean, port: number = this.relay.port) {
    const tls = { knownHosts: this.knownHosts, accept: () => accept };
    return connect({ hostname: "127.0.0.1", port, login: LOGIN, tls });
  }

  /** Whether the key of the port is remembered. */
  async isKnown(port: number): Promise<boolean> {
    return await this.knownHosts.find({ hostname: "127.0.0.1", port }) !== null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.relay[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    this.data[Symbol.dispose]();
  }
}

/** Changes the text of the frames of one type. */
function changing(type: string, change: (text: string) => string): Tamper {
  return (frame: RawFrame) => {
    if (frame.type !== type) return frame;
    return { type, payload: new TextEncoder().encode(change(textOf(frame))) };
  };
}

const stripOffer = changing("HELO", (text) => text.replace('"SCRAM-SHA-256-PLUS",', ""));
/** Makes a client that could bind look like one that cannot. */
const hideFlag = changing("AUTH", (text) => {
  const { data, ...rest } = JSON.parse(text);
  return JSON.stringify({ ...rest, data: btoa(atob(data).replace(/^y,,/, "n,,")) });
});

Deno.test("relayed login: a login through a relay that was accepted fails, and its key is not remembered", async () => {
  await using scene = await Scene.start();
  assertRelayed(await thrownBy(() => scene.connect(true)));
  assertEquals(scene.relay.sent, ["HELO", "AUTH", "AUTH"]);
  assertEquals(await scene.isKnown(scene.relay.port), false);
  assertEquals(scene.server.eventsOf("login"), []);
});

Deno.test("relayed login: a relay that was not accepted gets nothing", async () => {
  await using scene = await Scene.start();
  const { code } = await assertRejects(() => scene.connect(false), ConnectionError);
  assertEquals(code, "certificate-untrusted");
  assertEquals(scene.relay.sent, []);
});

Deno.test("relayed login: the server notices that its offer to bind was taken away", async () => {
  await using scene = await Scene.start({ tamper: stripOffer });
  assertRelayed(await thrownBy(() => scene.connect(true)));
  assertEquals(scene.relay.sent, ["HELO", "AUTH"]);
  assertEquals(await scene.isKnown(scene.relay.port), false);
});

Deno.test("relayed login: the server notices that the client's word about it was changed, too", async () => {
  await using scene = await Scene.start({ tamper: (frame) => hideFlag(stripOffer(frame)) });
  assertRelayed(await thrownBy(() => scene.connect(true)));
  assertEquals(scene.relay.sent, ["HELO", "AUTH", "AUTH"]);
  assertEquals(await scene.isKnown(scene.relay.port), false);
});

Deno.test("relayed login: a certificate without an end point is no way around the binding", async () => {
  const certificate = await issue({ names: [OWN_NAME], algorithm: { name: "Ed25519" } });
  for (const options of [{ certificate }, { certificate, tamper: stripOffer }]) {
    await using scene = await Scene.start(options);
    assertRelayed(await thrownBy(() => scene.connect(true)));
    assertEquals(scene.relay.sent, ["HELO", "AUTH"]);
  }
});

Deno.test("tcp-chat --trust: exits with 6 at a relay, says why, and remembers nothing", async () => {
  await using scene = await Scene.start();
  const env = {
    TCP_CHAT_PASSWORD: LOGIN.password,
    XDG_CONFIG_HOME: scene.data.join("config"),
  };
  const texts = { en: "another machine is in between", "pt-BR": "máquina no meio" };
  for (const [lang, text] of Object.entries(texts)) {
    const args = ["ls", `127.0.0.1:${scene.relay.port}`, "--trust", "--user", LOGIN.user];
    const { code, stdout, stderr } = await run("client", [...args, "--lang", lang], { env });
    assertEquals([code, stdout], [6, ""]);
    assertStringIncludes(stderr, text);
  }
  assertEquals(exists(scene.data.join("config/tcp-chat/known_hosts")), false);
});

Deno.test("connect: a login over TLS remembers the server once it has succeeded", async () => {
  await using scene = await Scene.start();
  const { port } = scene.server;
  await using client = await scene.connect(true, port);
  assertEquals(client.account?.user, LOGIN.user);
  assertEquals(await scene.isKnown(port), true);
});
