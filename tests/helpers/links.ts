import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { logIn } from "./abused_server.ts";
import { TestAccounts } from "./accounts.ts";
import type { Content } from "./raw_peer.ts";
import { type Json, Protocol2Peer } from "./protocol2_peer.ts";
import { startServer, type TestServer, type TestServerOptions } from "./servers.ts";
import { TempDir } from "./temp_dir.ts";

const PASSWORD = "correct horse";

/** A claim, as clients give it. */
export const CLAIM = "claim-of-a-test-1";
/** That of another receiver. */
export const OTHER_CLAIM = "claim-of-a-test-2";

/** A server with accounts that may share, and its data folder. */
export class LinkServer implements AsyncDisposable {
  #server: TestServer;

  /** Use {@link startLinkServer}. */
  constructor(
    server: TestServer,
    readonly data: TempDir,
    readonly options: TestServerOptions = {},
  ) {
    this.#server = server;
  }

  get server(): TestServer {
    return this.#server;
  }

  /** Ends the run of the server, and begins another one with its folders. */
  async restart(): Promise<void> {
    await this.#server.server.stop(undefined, { graceMs: 0 });
    this.#server = await startServer(this.options, {}, this.#server.root);
  }

  /** A client of an account. */
  async member(user = "alice"): Promise<Protocol2Peer> {
    const peer = await this.guest();
    await logIn(peer, user, new ScramPassword(PASSWORD));
    return peer;
  }

  /** A client without an account. */
  guest(): Promise<Protocol2Peer> {
    return Protocol2Peer.connect(this.server.port, { present: false });
  }

  /** Makes a link as an account. */
  async share(path: string, fields: Json = {}, user = "alice"): Promise<SharedLink> {
    using peer = await this.member(user);
    const { link, secret } = await peer.request("LINK", { path, kind: "get", ...fields });
    return { link: String(link), secret: String(secret) };
  }

  /** A client that has logged in by a link. */
  async receiver({ link, secret }: SharedLink, claim?: string): Promise<Protocol2Peer> {
    const peer = await this.guest();
    try {
      await logInByLink(peer, `link:${link}`, secret, claim);
      return peer;
    } catch (error) {
      peer[Symbol.dispose]();
      throw error;
    }
  }

  /** Replaces the rules at once. */
  async setRules(rules: string): Promise<void> {
    this.data.write("rules", rules);
    await this.server.server.reload();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.data[Symbol.dispose]();
  }
}

/** A link as LINK answers it. */
export interface SharedLink {
  readonly link: string;
  readonly secret: string;
}

/** Logs in by a link; throws with the code and the reason of FAIL. Returns DONE. */
export async function logInByLink(
  peer: Protocol2Peer,
  user: string,
  secret: string,
  claim?: string,
): Promise<Json> {
  const password = new ScramPassword(secret);
  return await logIn(peer, user, password, { ...(claim !== undefined && { claim }) });
}

/** Sends a request; returns the code and the reason of its FAIL. */
export async function refusalOf(peer: Protocol2Peer, type: string, fields: Json): Promise<string> {
  const id = await peer.ask(type, fields);
  const failure = await peer.expect("FAIL");
  if (failure.id !== id) throw new Error(`Wanted the failure of ${id}, got that of ${failure.id}`);
  return [failure.code, failure.reason].filter((word) => word !== undefined).join(" ");
}

/** Adds the accounts `alice`, `bob` and the admin `root` to a data folder. */
export async function addAccounts(data: TempDir): Promise<void> {
  using accounts = new TestAccounts(data.join("tcp-chat.db"));
  await accounts.store.add("alice", PASSWORD, "member");
  await accounts.store.add("bob", PASSWORD, "member");
  await accounts.store.add("root", PASSWORD, "admin");
}

/** Rules by which members share all; `*` is for the rest. */
export const MEMBERS_SHARE = "/ read,write,share members\n";

/** Starts a server with the accounts `alice`, `bob` and the admin `root`. */
export async function startLinkServer(
  files: Readonly<Record<string, Content>>,
  options: TestServerOptions = {},
  rules = MEMBERS_SHARE,
): Promise<LinkServer> {
  const data = new TempDir();
  await addAccounts(data);
  data.write("rules", rules);
  const all = { uploads: true, dataDirectory: data.path, ...options };
  return new LinkServer(await startServer(all, files), data, all);
}
