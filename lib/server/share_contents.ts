import { fill } from "../protocol/fill_text.ts";
import type { DatabaseSync } from "node:sqlite";
import type { JoinedCluster } from "../cluster/joined_cluster.ts";
import { CatalogueCopies } from "../files/catalogue_copies.ts";
import { ContentFolder } from "../files/content_folder.ts";
import type { ContentHolder } from "../cluster/content_sources.ts";
import { CONTENT_LIMITS } from "../protocol/content_limits.ts";
import type { Contents, WantedContent } from "../transfer/contents.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerServices } from "./context/services.ts";
import type { ServerCore } from "./core.ts";
import { replicate } from "./replicate.ts";
import { scrub } from "./scrub.ts";
import { LocalContents } from "./local_contents.ts";

/**
 * Lets a server of a cluster share the contents of its files. What it returns closes the core, too.
 *
 * @throws {DiskError} if they cannot be kept in the served folder
 */
export async function shareContents(core: ServerCore, joined: JoinedCluster): Promise<ServerCore> {
  const { services, database } = core;
  const serving = new DisposableStack();
  const parts: AsyncDisposable[] = [];
  const end = async () => {
    serving.dispose();
    await Promise.all(parts.map((each) => each[Symbol.asyncDispose]()));
  };
  try {
    const contents = await openContents(services, joined, { database, serving });
    parts.push(contents);
    services.contents = contents;
    const replication = await replicate(services, joined, database);
    parts.push(replication);
    parts.push(await scrub(services, joined, { database, replication }));
  } catch (error) {
    await end();
    throw error;
  }
  const close = async () => {
    await end();
    await core.close();
  };
  return { ...core, close };
}

/**
 * Gives the other servers of a cluster the contents of this one, and gets theirs.
 *
 * @param serving its disposal ends the former, that of the result the latter
 * @throws {DiskError} if they cannot be kept in the served folder
 */
async function openContents(
  services: ServerServices,
  joined: JoinedCluster,
  { database, serving }: {
    readonly database: DatabaseSync;
    readonly serving: DisposableStack;
  },
): Promise<Contents> {
  const { settings: { cluster, language, onEvent }, store, pool, stats } = services;
  const { ContentBus } = await import("../cluster/content_bus.ts");
  const { ClusterContents } = await import("../cluster/cluster_contents.ts");
  const limitBytes = cluster?.fetchCacheBytes ?? CONTENT_LIMITS.cacheBytes;
  const folder = await ContentFolder.open(store.folder.servedRoot, { limitBytes });
  const copies = new CatalogueCopies(database);
  const bus = new ContentBus(joined, copies);
  serving.use(bus.serve(new LocalContents(services, folder)));
  return new ClusterContents({
    sources: bus,
    folder,
    pool,
    onBytes: (count) => stats.fetchedBytes += count,
    onWrong: (holder: ContentHolder, content: WantedContent) => {
      const facts = { server: holder.server, sha256: content.sha256 };
      const message = fill(LOG_TEXTS.wrongContent, language, facts);
      onEvent({ event: "warning", message });
      bus.doubt(holder, content); // Never rejects
    },
  });
}
