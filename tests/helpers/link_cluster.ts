import { startClusterServer } from "./cluster_servers.ts";
import { addAccounts, LinkServer, MEMBERS_SHARE } from "./links.ts";
import { NatsCluster } from "./nats.ts";
import { TempDir } from "./temp_dir.ts";

/** Servers of one cluster with accounts that may share. Disposal stops them. */
export class LinkCluster implements AsyncDisposable {
  readonly servers: LinkServer[] = [];

  private constructor(readonly nats: NatsCluster) {}

  /**
   * Starts two servers. The cluster begins with the accounts of the first one, as `startLinkServer` makes them.
   *
   * @param prepare changes the data folder of the first server before it joins
   */
  static async start(
    prepare: (data: TempDir) => Promise<void> = () => Promise.resolve(),
  ): Promise<LinkCluster> {
    const cluster = new LinkCluster(await NatsCluster.start(1));
    try {
      const data = new TempDir();
      await addAccounts(data);
      data.write("rules", MEMBERS_SHARE);
      await prepare(data);
      await cluster.#add(data);
      await cluster.#add(new TempDir());
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** Makes folders, and uploads files, at the first server. */
  async fill(
    folders: readonly string[],
    files: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<void> {
    using alice = await this.servers[0]!.member();
    for (const path of folders) await alice.request("MKDR", { path });
    for (const [path, content] of Object.entries(files)) await alice.put(path, content);
  }

  async #add(data: TempDir): Promise<void> {
    const server = await startClusterServer(this.nats.urls, { data, uploads: true });
    this.servers.push(new LinkServer(server, data));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
    await this.nats[Symbol.asyncDispose]();
  }
}
