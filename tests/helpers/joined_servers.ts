import { openLocalStore } from "../../lib/chat/local_journal.ts";
import { joinCluster, type JoinNews } from "../../lib/cluster/join.ts";
import type { JoinedCluster } from "../../lib/cluster/joined_cluster.ts";
import { encodeRecord } from "../../lib/cluster/record.ts";
import { openDatabase } from "../../lib/files/database.ts";
import { writeSnapshot } from "../../lib/files/database_snapshot.ts";
import { exists } from "../../lib/files/exists.ts";
import { SnapshotFolder } from "../../lib/files/snapshot_folder.ts";
import { within } from "./deadline.ts";
import { MemoryCluster, type MemoryEngine } from "./memory_engine.ts";
import { replicatedRows, sayOf } from "./replica.ts";
import { TempDir } from "./temp_dir.ts";

/** The data folders of servers of one cluster. Disposal removes them. */
export class Folders implements Disposable {
  readonly cluster = new MemoryCluster();
  readonly #temp = new TempDir();

  constructor() {
    this.cluster.hasLog = false;
  }

  /** Opens the database of a server. The caller closes it. */
  open(server: string) {
    return openDatabase(this.#temp.join(`${server}/tcp-chat.db`));
  }

  /** Lets a server join, and announces it. Disposal stops it. */
  async join(server: string, { waitMs = null as number | null, news = [] as JoinNews[] } = {}) {
    const database = this.open(server);
    const path = this.#temp.join(`${server}/tcp-chat.db`);
    try {
      const joined = await within(
        joinCluster({
          name: "test",
          serverId: server,
          database,
          store: openLocalStore(database),
          snapshots: {
            folder: new SnapshotFolder(this.#temp.join(server)),
            write: (target) => Promise.resolve(writeSnapshot(path, target)),
            keepOld: () => Promise.resolve(writeSnapshot(path, `${path}.old`)),
          },
          openEngine: () => Promise.resolve(this.cluster.connect()),
          waitMs,
          onNews: (each) => news.push(each),
        }),
        "the server to join",
      );
      const figures = () => ({ clients: 0, freeBytes: null, checks: null });
      joined.announce({ host: server, port: 1, fingerprint: null }, figures);
      return new JoinedServer(joined, database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Lets a server say two texts. @returns what makes the log lose the record of the first one */
  async sayToLose(server: JoinedServer, text: string, next: string): Promise<() => void> {
    await server.say(text);
    const lost = this.cluster.last;
    await server.say(next);
    return () => this.cluster.lose(lost - 1, 1);
  }

  /** Whether a server has kept a database that another state took the place of. */
  hasOld(server: string): boolean {
    return exists(this.#temp.join(`${server}/tcp-chat.db.old`));
  }

  [Symbol.dispose](): void {
    this.#temp[Symbol.dispose]();
  }
}

/** A server of one cluster, without its clients. Disposal stops it. */
export class JoinedServer implements AsyncDisposable {
  constructor(readonly joined: JoinedCluster, readonly database: ReturnType<Folders["open"]>) {}

  /** Its connection to the log and the others. */
  get engine(): MemoryEngine {
    return this.joined.engine as MemoryEngine;
  }

  async say(text: string): Promise<void> {
    const entry = sayOf(text);
    if (entry.kind === "say") await this.joined.log.append(entry);
  }

  /** A record as this server appends it now, without entries. */
  nextRecord(): Uint8Array {
    const { incarnation, applied, chain } = this.joined.log;
    const n = 1 + Number(
      this.database.prepare("SELECT n FROM origins WHERE incarnation = ?").get(incarnation)?.n,
    );
    const head = { origin: incarnation, n, seenPlace: applied, seenChain: chain };
    return encodeRecord(head, []);
  }

  /** The rows once it has applied all that was said, by any server. */
  async rows(): Promise<unknown> {
    await this.joined.log.caughtUp();
    return replicatedRows(this.database);
  }

  get texts(): unknown[] {
    return this.database.prepare("SELECT event FROM messages ORDER BY seq").all()
      .map(({ event }) => JSON.parse(String(event)).text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.joined.leave();
    this.database.close();
  }
}

/** Lets the database of a server be one that has applied another record than the others. */
export function diverge(folders: Folders, server: string): void {
  const database = folders.open(server);
  database.exec(
    `UPDATE cluster SET chain = zeroblob(32);
     UPDATE chains SET chain = '0000000000000000' WHERE place = (SELECT applied FROM cluster);
     UPDATE messages SET event = '{"text":"other"}'`,
  );
  database.close();
}
