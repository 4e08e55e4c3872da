import { join } from "../../files/path.ts";
import type { DatabaseSync } from "node:sqlite";
import type { Engine } from "../../cluster/engine.ts";
import { clusterOf, isSeed, leaveLog } from "../../files/cluster_tables.ts";
import { dropShared, OLD_ENDING, writeSnapshot } from "../../files/database_snapshot.ts";
import { openStateDatabase } from "../../files/open_state_database.ts";
import { DATABASE_NAME } from "../../files/own_marks.ts";
import { lockDataFolder } from "../../files/server_state.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { dataFolder, servedFolder } from "../options/state_folder.ts";
import { EXIT } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { writeError, writeOut } from "../view/output.ts";

const TEXTS = {
  noCluster: {
    en: "The data folder belongs to no cluster",
    "pt-BR": "A pasta de dados não pertence a nenhum cluster",
  },
  otherCluster: {
    en: "The data folder belongs to the cluster {name}",
    "pt-BR": "A pasta de dados pertence ao cluster {name}",
  },
  rejoins: {
    en: "This server takes the state of the others when it starts. Its own is kept in {path}.",
    "pt-BR": "Este servidor recebe o estado dos outros quando iniciar. O dele fica em {path}.",
  },
  logThere: {
    en: "The log of the cluster is there, with all that this server has applied: just start it",
    "pt-BR": "O log do cluster está lá, com tudo o que este servidor aplicou: basta iniciá-lo",
  },
  serversThere: {
    en:
      "{servers|# server of the cluster runs|# servers of the cluster run}: stop {servers|it|them} first",
    "pt-BR":
      "{servers|# servidor do cluster está|# servidores do cluster estão} no ar: pare{servers|-o|-os} antes",
  },
  seeded: {
    en:
      "Start this server first: it makes the log anew. On the others, run cluster rejoin, and start them.",
    "pt-BR":
      "Inicie este servidor primeiro: ele cria o log de novo. Nos outros, use cluster rejoin e inicie-os.",
  },
} as const satisfies Record<string, Text>;

/** The options of where a data folder is. */
interface FolderOptions {
  readonly data: string | undefined;
  readonly root: string | undefined;
}

/** The database of a server that does not run. */
interface StoppedServer {
  readonly database: DatabaseSync;
  readonly path: string;
}

/**
 * Carries out `cluster rejoin`: what the server has in common with the others is kept in a file beside its database,
 * and deleted there.
 *
 * @returns the exit code
 * @throws {DiskError} while a server uses the data folder, or if it cannot be used
 */
export async function rejoin(options: FolderOptions, locale: Locale): Promise<number> {
  return await withDatabase(options, locale, ({ database, path }) => {
    if (clusterOf(database) === null && !isSeed(database)) {
      return refuse(locale.fill(TEXTS.noCluster));
    }
    const old = `${path}${OLD_ENDING}`;
    writeSnapshot(path, old);
    dropShared(database);
    writeOut(`${locale.fill(TEXTS.rejoins, { path: old })}\n`);
    return EXIT.done;
  });
}

/**
 * Carries out `cluster seed`: removes what is left of the log, and lets the server be one whose history a new log
 * begins with.
 *
 * @returns the exit code: 1 where the log is not lost, or servers run
 * @throws as {@link rejoin} does; {EngineError} if the log cannot be read or removed
 */
export async function seed(
  engine: Engine,
  name: string,
  options: FolderOptions,
  locale: Locale,
): Promise<number> {
  return await withDatabase(options, locale, async ({ database }) => {
    const own = clusterOf(database);
    if (own === null) return refuse(locale.fill(TEXTS.noCluster));
    if (own !== name) return refuse(locale.fill(TEXTS.otherCluster, { name: own }));
    const { isWhole } = await import("../../cluster/find_log.ts");
    if (await isWhole(engine.log, database)) return refuse(locale.fill(TEXTS.logThere));
    const { listenToBeats } = await import("../../cluster/inspect_cluster.ts");
    const { size: servers } = await listenToBeats(engine, name);
    if (servers > 0) return refuse(locale.fill(TEXTS.serversThere, { servers }));
    await engine.log.remove();
    leaveLog(database);
    writeOut(`${locale.fill(TEXTS.seeded)}\n`);
    return EXIT.done;
  });
}

function refuse(message: string): number {
  writeError(`${message}\n`);
  return EXIT.other;
}

async function withDatabase(
  { data, root }: FolderOptions,
  locale: Locale,
  work: (server: StoppedServer) => number | Promise<number>,
): Promise<number> {
  const folder = await dataFolder(data, servedFolder(root), locale);
  if (folder.notice !== null) writeError(`${folder.notice}\n`);
  using _ = lockDataFolder(folder.path);
  const database = openStateDatabase(folder.path);
  try {
    return await work({ database, path: join(folder.path, DATABASE_NAME) });
  } finally {
    database.close();
  }
}
