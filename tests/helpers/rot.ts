import { DatabaseSync } from "node:sqlite";
import { DATABASE_NAME } from "../../lib/files/own_marks.ts";
import type { TempDir } from "./temp_dir.ts";

/** A server's folders. */
interface Folders {
  readonly root: TempDir;
  readonly data: TempDir;
}

/**
 * Changes a byte of a held file as a disk does that loses bits: nothing else of the file changes. A test cannot
 * set the time that the system changes with it, so that the state which the server remembers is changed instead.
 * Synchronous: a server of this isolate sees nothing in between.
 */
export function rot({ root, data }: Folders, path: string): void {
  const full = root.join(path);
  const before = Deno.statSync(full);
  const bytes = Deno.readFileSync(full);
  bytes[bytes.length - 1]! ^= 1;
  Deno.writeFileSync(full, bytes);
  Deno.utimeSync(full, before.atime!, before.mtime!);
  const { mtime, ctime, ino } = Deno.statSync(full);
  inDatabase(data, (database) => {
    const stamp = [mtime!.getTime(), ctime!.getTime(), BigInt(ino!)];
    for (const [table, key] of [["holdings", path], ["hashes", full]] as const) {
      const change =
        `UPDATE ${table} SET modified_ms = ?, changed_ms = ?, inode = ? WHERE path = ?`;
      database.prepare(change).run(...stamp, key);
    }
  });
}

/** Lets a server remember a SHA-256 of a file that it serves, as of bytes that the disk has lost since. */
export function rememberHash({ root, data }: Folders, path: string, sha256: string): void {
  const full = root.join(path);
  const { size, mtime, ctime, ino } = Deno.statSync(full);
  inDatabase(data, (database) => {
    database.prepare("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?)")
      .run(full, size, mtime!.getTime(), ctime!.getTime(), BigInt(ino!), sha256);
  });
}

/** When a server has checked a file, in milliseconds since 1970, and when the system last changed it, as it knows. */
export function checkOf(data: TempDir, path: string): { checkedMs: number; changedMs: number } {
  return inDatabase(data, (database) => {
    const select = "SELECT checked_ms, changed_ms FROM holdings WHERE path = ?";
    const row = database.prepare(select).get(path);
    return { checkedMs: Number(row?.checked_ms), changedMs: Number(row?.changed_ms) };
  });
}

/** Lets a server remember that it has checked a file at a time, in milliseconds since 1970. */
export function setChecked(data: TempDir, path: string, checkedMs: number): void {
  inDatabase(data, (database) => {
    database.prepare("UPDATE holdings SET checked_ms = ? WHERE path = ?").run(checkedMs, path);
  });
}

function inDatabase<T>(data: TempDir, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(data.join(DATABASE_NAME));
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    return work(database);
  } finally {
    database.close();
  }
}
