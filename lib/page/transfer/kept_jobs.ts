/** A transfer as it is kept, so that it goes on after a reload or a crash. */
export interface KeptJob {
  readonly id: string;
  /** The tab that it belongs to. */
  readonly tab: string;
  readonly direction: "upload" | "download";
  /** Whether an upload is a folder that has no files. Default: no. */
  readonly isFolder?: boolean;
  readonly name: string;
  /** On the server. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Of an upload: milliseconds since 1970; 0 if it was never opened, and of others. */
  readonly lastModified: number;
  /** The room that an upload is offered in. */
  readonly room: string | null;
  readonly replace: boolean;
  readonly isPaused: boolean;
  /** Of a download: the part in the private files. */
  readonly part: string | null;
  /** What the browser can open again: the file, or a folder that it is in. */
  readonly handle: FileSystemHandle | null;
  /** The path of the file in the folder of `handle`; "" for the file itself. */
  readonly inner: string;
}

/** Keeps the transfers of all tabs. */
export interface KeptJobs {
  /** Those of this tab, and of tabs that are gone and had come by the same link, if any. */
  load(): Promise<readonly KeptJob[]>;
  /** The ids of those of all tabs; none where they cannot be read. */
  ids(): Promise<readonly string[]>;
  put(jobs: readonly KeptJob[]): void;
  delete(id: string): void;
  /** Forgets those of all tabs that have come by the same link as this one: it has ended. Without a link nothing. */
  forgetLink(): void;
}

/** A job, and when it was kept last, milliseconds since 1970. */
type StoredJob = KeptJob & { readonly keptMs?: number };

const DATABASE = "tcp-chat";
const STORE = "jobs";
/** No link works longer. */
const FORGOTTEN_MS = 30 * 24 * 60 * 60 * 1000;
const TAB_LOCK = "tcp-chat tab ";

/** The name of a tab. @param scope the link that its page has come by; `""` for none */
export function nameTab(scope: string, random: string): string {
  return scope === "" ? random : `${scope} ${random}`;
}

function scopeOf(tab: string): string {
  return tab.slice(0, Math.max(0, tab.lastIndexOf(" ")));
}

/** In IndexedDB; where that fails, nothing is kept. @param tab the name of this tab */
export function jobsInDatabase(tab: string): KeptJobs {
  const opened = openDatabase();
  const held = holdLock(TAB_LOCK + tab);
  const isOfLink = (job: KeptJob) => scopeOf(job.tab) === scopeOf(tab);
  const change = (work: (store: IDBObjectStore) => void) => {
    opened.then((database) => {
      if (database !== null) work(database.transaction(STORE, "readwrite").objectStore(STORE));
    }).catch(() => {}); // Without it a reload only forgets
  };
  return {
    async load() {
      const database = await opened;
      await held;
      if (database === null) return [];
      const jobs = (await recentJobs(database)).filter(isOfLink);
      const tabs = new Set(jobs.map((job) => job.tab));
      const gone = new Set<string>([tab]);
      for (const other of tabs) if (await isFree(TAB_LOCK + other)) gone.add(other);
      return jobs.filter((job) => gone.has(job.tab));
    },
    async ids() {
      const database = await opened;
      return database === null ? [] : (await recentJobs(database)).map(({ id }) => id);
    },
    put: (jobs) =>
      change((store) => {
        for (const job of jobs) store.put({ ...job, keptMs: Date.now() });
      }),
    delete: (id) => change((store) => void store.delete(id)),
    forgetLink() {
      if (scopeOf(tab) !== "") change((store) => void allJobs(store, isOfLink));
    },
  };
}

function openDatabase(): Promise<IDBDatabase | null> {
  const { promise, resolve } = Promise.withResolvers<IDBDatabase | null>();
  try {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  } catch {
    resolve(null); // Private windows
  }
  return promise;
}

/** The jobs that are left when those are deleted that were kept too long ago. */
function recentJobs(database: IDBDatabase): Promise<StoredJob[]> {
  const nowMs = Date.now();
  return allJobs(database.transaction(STORE, "readwrite").objectStore(STORE), (job, store) => {
    if (job.keptMs === undefined) store.put({ ...job, keptMs: nowMs }); // By an earlier version
    return nowMs - (job.keptMs ?? nowMs) > FORGOTTEN_MS;
  });
}

/**
 * Reads all jobs, and deletes those that are over.
 *
 * @returns the others; none where they cannot be read
 */
function allJobs(
  store: IDBObjectStore,
  isOver: (job: StoredJob, store: IDBObjectStore) => boolean,
): Promise<StoredJob[]> {
  const { promise, resolve } = Promise.withResolvers<StoredJob[]>();
  const request: IDBRequest<StoredJob[]> = store.getAll();
  request.onsuccess = () => {
    resolve(request.result.filter((job) => {
      const isLeft = !isOver(job, store);
      if (!isLeft) store.delete(job.id);
      return isLeft;
    }));
  };
  request.onerror = () => resolve([]);
  return promise;
}

/** Plain http has no locks: there a tab knows only itself. */
function locks(): LockManager | null {
  return (navigator as { locks?: LockManager }).locks ?? null;
}

/** Holds a lock as long as the page lives. Resolves once it is held, or cannot be. */
function holdLock(name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = locks()?.request(name, { ifAvailable: true }, (lock) => {
    resolve();
    return lock === null ? undefined : new Promise<void>(() => {});
  });
  if (held === undefined) resolve();
  else held.catch(() => resolve());
  return promise;
}

async function isFree(name: string): Promise<boolean> {
  const manager = locks();
  if (manager === null) return false;
  return await manager.request(name, { ifAvailable: true }, (lock) => lock !== null);
}
