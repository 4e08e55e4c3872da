import type { ContentHolder, ContentSources } from "../../lib/cluster/content_sources.ts";
import { ClusterContents } from "../../lib/cluster/cluster_contents.ts";
import { ContentFolder } from "../../lib/files/content_folder.ts";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { planCapacity } from "../../lib/server/admission/capacity.ts";
import { type ServerSetup, withDefaults } from "../../lib/server/config/options.ts";
import { openCore, type ServerCore } from "../../lib/server/core.ts";
import { LocalContents } from "../../lib/server/local_contents.ts";
import { openPorts } from "../../lib/server/open_ports.ts";
import { Server } from "../../lib/server/server.ts";
import type { WebPage } from "../../lib/server/web_page.ts";
import type { WantedContent } from "../../lib/transfer/contents.ts";
import { sha256Of } from "./bytes.ts";
import { TempDir } from "./temp_dir.ts";

/** The content of a file. */
export function contentOf(bytes: Uint8Array): WantedContent {
  return { sha256: sha256Of(bytes), sizeBytes: bytes.length };
}

/** A server that gives contents to others, and gets them by a table of holders. */
export class ContentServer implements AsyncDisposable {
  readonly root: TempDir = new TempDir();
  readonly server: Server;
  readonly core: ServerCore;
  readonly local: LocalContents;
  readonly folder: ContentFolder;

  private constructor(
    readonly id: string,
    root: TempDir,
    parts: Pick<ContentServer, "server" | "core" | "local" | "folder">,
  ) {
    this.root = root;
    this.server = parts.server;
    this.core = parts.core;
    this.local = parts.local;
    this.folder = parts.folder;
  }

  /** Starts a server with files, whose hashes it knows. */
  static async start(
    id: string,
    files: Record<string, Uint8Array> = {},
    { root = new TempDir(), limitBytes = 1e9, web = null, ...options }: {
      readonly root?: TempDir;
      readonly web?: WebPage | null;
      readonly limitBytes?: number;
    } & Omit<ServerSetup, "root"> = {},
  ): Promise<ContentServer> {
    for (const [path, bytes] of Object.entries(files)) {
      root.write(path, bytes);
      Deno.utimeSync(root.join(path), 1_000, 1_000);
    }
    const settings = withDefaults({ hostname: "127.0.0.1", port: 0, ...options, root: root.path });
    const store = await DirectoryStore.open(root.path);
    const capacity = planCapacity(settings, null);
    const core = await openCore(settings, store, { ...capacity, lock: null });
    for (const path of Object.keys(files)) {
      core.services.hashes.rememberReceived(
        { path: root.join(path), stamp: (await store.find(path)).stamp },
        sha256Of(files[path]!),
      );
    }
    const folder = await ContentFolder.open(store.folder.servedRoot, { limitBytes });
    const local = new LocalContents(core.services, folder);
    const ports = await openPorts(core.services.settings, core.services.stats, null);
    const server = new Server({ core, ports, capacity, web, announcer: null });
    return new ContentServer(id, root, { server, core, local, folder });
  }

  /** This server as others see it. @param port of a proxy before it */
  holder(port = this.server.port): ContentHolder {
    return { server: this.id, host: "127.0.0.1", port, fingerprint: null };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop(undefined, { graceMs: 0 });
    this.root[Symbol.dispose]();
  }
}

/** A table of holders, in the order in which they are asked. */
export class ScriptedSources implements ContentSources {
  /** The ids of the servers that were asked so far. */
  readonly asked: string[] = [];
  readonly #servers: readonly ContentServer[];
  /** Other ways to a server, by its id. */
  readonly ports = new Map<string, number>();
  /** Called with each holder that is asked. */
  onAsked: (server: string) => void | Promise<void> = () => {};

  constructor(servers: readonly ContentServer[]) {
    this.#servers = servers;
  }

  holdersOf(): readonly ContentHolder[] {
    return this.#servers.map((server) => server.holder(this.ports.get(server.id)));
  }

  async ticket({ server }: ContentHolder, wanted: WantedContent) {
    return await (await this.#ask(server)).local.ticket(wanted, "test");
  }

  async small({ server }: ContentHolder, wanted: WantedContent) {
    return await (await this.#ask(server)).local.small(wanted, "test");
  }

  async #ask(server: string): Promise<ContentServer> {
    this.asked.push(server);
    await this.onAsked(server);
    return this.#servers.find(({ id }) => id === server)!;
  }
}

/** The contents of a server that gets them from others. */
export class TestContents extends ClusterContents {
  /** The servers whose bytes were wrong. */
  readonly wrong: string[];
  /** Bytes that came from others. */
  readonly fetched: { bytes: number };

  constructor({ core, folder }: ContentServer, sources: ContentSources) {
    const wrong: string[] = [];
    const fetched = { bytes: 0 };
    super({
      sources,
      folder,
      pool: core.services.pool,
      onBytes: (count) => fetched.bytes += count,
      onWrong: ({ server }) => wrong.push(server),
    });
    this.wrong = wrong;
    this.fetched = fetched;
  }
}

/** Lets the clients of a server ask for a content of another one at a path, as if a catalogue had it. */
export function listElsewhere({ core, root }: ContentServer, path: string, content: WantedContent) {
  const { store } = core.services;
  const find = store.find.bind(store);
  const lookUp = store.lookUp.bind(store);
  const stamp = { sizeBytes: content.sizeBytes, modifiedMs: 5_000, changedMs: 0, inode: 0 };
  const realPath = root.join(path);
  const { sha256 } = content;
  const file = { realPath, stamp, sha256, version: "c7", isElsewhere: true };
  const info = { isFile: true, isDirectory: false } as Deno.FileInfo;
  store.find = (asked, options) => asked === path ? Promise.resolve(file) : find(asked, options);
  store.lookUp = (asked, resolve) =>
    asked === path ? Promise.resolve({ realPath, info }) : lookUp(asked, resolve);
}
