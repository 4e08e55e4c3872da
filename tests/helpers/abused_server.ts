import { join } from "@std/path";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import type { ServerOptions } from "../../lib/server/config/options.ts";
import { TestAccounts } from "./accounts.ts";
import { patternedBytes, sha256Of } from "./bytes.ts";
import { within } from "./deadline.ts";
import { type Json, Protocol2Peer } from "./protocol2_peer.ts";
import { RawPeer } from "./raw_peer.ts";
import { assertAllGone, until } from "./serves_on.ts";
import { startServer, type TestServer } from "./servers.ts";
import { TempDir } from "./temp_dir.ts";
import { underWay } from "./under_way.ts";

/** The account that there is. */
export const USER = "alice";
/** Shared by all logins, which salt it once. */
const PASSWORD = new ScramPassword("correct horse");

/** How a server is reached. */
export interface Setting {
  readonly tls: boolean;
  /** Whether it lets in only who has an account. */
  readonly accounts: boolean;
}

/** Every way of reaching a server, by what it is called. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  "without TLS, for all": { tls: false, accounts: false },
  "without TLS, for accounts": { tls: false, accounts: true },
  "under TLS, for all": { tls: true, accounts: false },
  "under TLS, for accounts": { tls: true, accounts: true },
};

/**
 * A server with a data folder, which takes uploads and has one account, and peers of protocol 2 that
 * reach it as it wants. Disposal stops it.
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

  /** Starts it. */
  static async start(
    setting: Setting,
    options: Omit<ServerOptions, "root" | "tls" | "requireAccount" | "dataDirectory"> = {},
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

  /** The port that it listens on. */
  get port(): number {
    return this.server.port;
  }

  /** Connects, with the handshake of TLS where it wants that, and says nothing. */
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

  /** Connects and says HELO; does not log in. */
  async greet(hello: Json = {}, port: number = this.port): Promise<Protocol2Peer> {
    const peer = new Protocol2Peer(await this.connect(port));
    await peer.send("HELO", { protocol: 2, agent: "test", ...hello });
    peer.hello = await peer.take("HELO");
    return peer;
  }

  /** Connects, says HELO and logs in, where that is wanted. */
  async enter(port: number = this.port): Promise<Protocol2Peer> {
    const peer = await this.greet({}, port);
    if (this.setting.accounts) await logIn(peer);
    return peer;
  }

  /** Makes sure that it still serves a newcomer: chat, an upload and a download. */
  async assertServesOn(port: number = this.port): Promise<void> {
    using first = await this.enter(port);
    using second = await this.enter(port);
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

  /** Makes sure that nobody is left, nothing is under way, and nothing went wrong inside. */
  async assertNothingLeft(): Promise<void> {
    await assertAllGone(this.server);
    await until(() => underWay(this.server).length === 0, "the parts to be removed");
    const { dataConnections, queuedBytes, workersWanted } = this.server.server.gauges(0);
    const left = { dataConnections, queuedBytes, workersWanted };
    if (Object.values(left).some((count) => count > 0)) throw new Error(JSON.stringify(left));
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

/** How far a connection has come before it misbehaves. */
export const STAGES: Readonly<Record<string, (abused: AbusedServer) => Promise<Protocol2Peer>>> = {
  "before HELO": async (abused) => new Protocol2Peer(await abused.connect()),
  "after HELO": (abused) => abused.greet(),
  "after the login": (abused) => abused.enter(),
};

/** Logs in, or throws what the server refused it with. */
export async function logIn(
  peer: Protocol2Peer,
  user: string = USER,
  password: ScramPassword = PASSWORD,
): Promise<void> {
  const client = new ScramClient(user, password);
  const id = await peer.ask("AUTH", { mechanism: "SCRAM-SHA-256", data: btoa(client.first) });
  const { data: first } = await peer.take("AUTH");
  await peer.send("AUTH", { id, data: btoa(await client.handleFirst(atob(String(first)))) });
  const { data: final } = await peer.done(id);
  client.handleFinal(atob(String(final)));
}
