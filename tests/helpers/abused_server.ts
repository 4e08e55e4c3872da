import { join } from "@std/path";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import type { ServerSetup } from "../../lib/server/config/options.ts";
import { TestAccounts } from "./accounts.ts";
import { patternedBytes, sha256Of } from "./bytes.ts";
import { within } from "./deadline.ts";
import { type Json, Protocol2Peer } from "./protocol2_peer.ts";
import { RawPeer } from "./raw_peer.ts";
import { startServer, type TestServer } from "./servers.ts";
import { assertAllGone, until } from "./serves_on.ts";
import { TempDir } from "./temp_dir.ts";
import { underWay } from "./under_way.ts";

/** The name of the only account. */
export const USER = "alice";
/** Shared by all logins, so that it is salted once. */
const PASSWORD = new ScramPassword("correct horse");

/** How clients connect to a server. */
export interface Setting {
  readonly tls: boolean;
  /** Whether the server requires an account. */
  readonly accounts: boolean;
}

/** All settings by name. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  "without TLS, for all": { tls: false, accounts: false },
  "without TLS, for accounts": { tls: false, accounts: true },
  "under TLS, for all": { tls: true, accounts: false },
  "under TLS, for accounts": { tls: true, accounts: true },
};

/**
 * A server with a data folder, uploads and one account, and protocol 2 peers that connect to it as
 * its setting requires. Disposal stops the server.
 */
export class AbusedServer implements AsyncDisposable {
  readonly server: TestServer;
  readonly setting: Setting;
  readonly #data: TempDir;
  readonly #certificate: string | null;

  private constructor(
    server: TestServer,
    setting: Setting,
    data: TempDir,
    certificate: string | null,
  ) {
    this.server = server;
    this.setting = setting;
    this.#data = data;
    this.#certificate = certificate;
  }

  /** Starts the server. */
  static async start(
    setting: Setting,
    options: Omit<ServerSetup, "root" | "tls" | "requireAccount" | "dataDirectory"> = {},
    files: Record<string, string | Uint8Array> = {},
  ): Promise<AbusedServer> {
    const data = new TempDir();
    try {
      {
        using accounts = new TestAccounts(data.join("tcp-chat.db"));
        await accounts.store.add(USER, "correct horse", "member");
      }
      const server = await startServer({
        uploads: true,
        dataDirectory: data.path,
        requireAccount: setting.accounts,
        ...(setting.tls && { tls: "own" }),
        ...options,
      }, files);
      const path = join(data.path, "tls-cert.pem");
      return new AbusedServer(
        server,
        setting,
        data,
        setting.tls ? Deno.readTextFileSync(path) : null,
      );
    } catch (error) {
      data[Symbol.dispose]();
      throw error;
    }
  }

  /** The port that the server listens on. */
  get port(): number {
    return this.server.port;
  }

  /** Connects, with a TLS handshake if the setting requires it, and sends nothing. */
  async connect(port: number = this.port): Promise<RawPeer> {
    const tcp = await Deno.connect({ hostname: "127.0.0.1", port });
    tcp.setNoDelay(true);
    if (this.#certificate === null) return new RawPeer(tcp);
    const conn = await Deno.startTls(tcp, {
      hostname: "localhost",
      caCerts: [this.#certificate],
    });
    await within(conn.handshake(), "the handshake", () => conn.close());
    return new RawPeer(conn);
  }

  /** Connects and exchanges HELO; does not log in. */
  async greet(hello: Json = {}, port: number = this.port): Promise<Protocol2Peer> {
    const peer = new Protocol2Peer(await this.connect(port));
    await peer.send("HELO", { protocol: 2, agent: "test", ...hello });
    peer.hello = await peer.expect("HELO");
    return peer;
  }

  /** Connects, exchanges HELO, and logs in if the setting requires it. */
  async connectAndLogIn(port: number = this.port): Promise<Protocol2Peer> {
    const peer = await this.greet({}, port);
    if (this.setting.accounts) await logIn(peer);
    return peer;
  }

  /** Checks that the server still serves new clients: chat, an upload and a download. */
  async assertServesOn(port: number = this.port): Promise<void> {
    using first = await this.connectAndLogIn(port);
    using second = await this.connectAndLogIn(port);
    const content = patternedBytes(100_000, 9);
    await first.put("still-here.bin", content, { replace: true });
    if (sha256Of((await second.get("still-here.bin")).bytes) !== sha256Of(content)) {
      throw new Error("The file came back as another one");
    }
    await first.request("SEND", { room: "lobby", text: "still here?" });
    await second.event(({ text }) => text === "still here?");
    await first.quit();
    await second.quit();
  }

  /** Checks that no connection, upload or error is left. */
  async assertNothingLeft(): Promise<void> {
    await assertAllGone(this.server);
    await until(() => underWay(this.server).length === 0, "the parts to be removed");
    // A thread finishes the call for a buffer that it has begun
    await until(() => {
      const { dataConnections, queuedBytes, workersWanted } = this.server.server.gauges(0);
      return dataConnections + queuedBytes + workersWanted === 0;
    }, "connections, queues and calls of threads to be gone");
    const errors = this.server.eventsOf("error");
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.server[Symbol.asyncDispose]();
    } finally {
      this.#data[Symbol.dispose]();
    }
  }
}

/** The stages of a connection before it misbehaves. */
export const STAGES: Readonly<Record<string, (abused: AbusedServer) => Promise<Protocol2Peer>>> = {
  "before HELO": async (abused) => new Protocol2Peer(await abused.connect()),
  "after HELO": (abused) => abused.greet(),
  "after the login": (abused) => abused.connectAndLogIn(),
};

/** Logs in, or throws the error of the server. Returns DONE. @param fields more of the first AUTH */
export async function logIn(
  peer: Protocol2Peer,
  user: string = USER,
  password: ScramPassword = PASSWORD,
  fields: Json = {},
): Promise<Json> {
  const client = new ScramClient(user, password);
  const first = btoa(client.first);
  const id = await peer.ask("AUTH", { mechanism: "SCRAM-SHA-256", data: first, ...fields });
  const { data: offer } = await peer.expect("AUTH");
  await peer.send("AUTH", { id, data: btoa(await client.handleFirst(atob(String(offer)))) });
  const done = await peer.done(id);
  client.handleFinal(atob(String(done.data)));
  return done;
}
