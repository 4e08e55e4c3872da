import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { pause } from "../../lib/async/pause.ts";
import { ELECTION_MS } from "../helpers/nats_engines.ts";
import { CheckError } from "./checks.ts";
import { type Chatter, ROOM, type Talker } from "./cluster_talk.ts";

/** Tables, or columns of a table, that are a server's own. */
const OWN_TABLES: readonly string[] = [
  "account_settings",
  "hashes",
  "known_logins",
  "holdings",
  "sqlite_sequence",
];
const OWN_COLUMNS: Readonly<Record<string, readonly string[]>> = { cluster: ["server"] };

/** The path of the database in a data folder. */
export function databaseIn(data: string): string {
  return `${data}/tcp-chat.db`;
}

function withDatabase<T>(data: string, read: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(databaseIn(data), { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    return read(database);
  } finally {
    database.close();
  }
}

/** The place up to which a server has applied the log. */
function appliedOf(data: string): number {
  const read = (database: DatabaseSync) => database.prepare("SELECT applied FROM cluster").get();
  return Number(withDatabase(data, read)?.applied ?? 0);
}

/** Resolves once all servers have applied as much, and it does not become more. */
async function untilLevel(folders: readonly string[]): Promise<void> {
  const endMs = performance.now() + ELECTION_MS;
  for (let before = "";;) {
    const places = folders.map(appliedOf);
    const now = places.join();
    if (now === before && new Set(places).size === 1) return;
    if (performance.now() > endMs) throw new CheckError(`The servers have applied ${now} records`);
    before = now;
    await pause(500);
  }
}

/** A digest of every row of every table that all servers share, by table. */
function digestsOf(data: string): Map<string, string> {
  return withDatabase(data, (database) => {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
      .map(({ name }) => String(name)).filter((name) => !OWN_TABLES.includes(name)).sort();
    return new Map(tables.map((table) => [table, digestOf(database, table)]));
  });
}

function digestOf(database: DatabaseSync, table: string): string {
  const own = OWN_COLUMNS[table] ?? [];
  const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all()
    .map(({ name }) => String(name)).filter((name) => !own.includes(name));
  const names = columns.map((name) => `"${name}"`).join(", ");
  const order = columns.map((_, at) => at + 1).join(", ");
  const hash = createHash("sha256");
  let rows = 0;
  for (const row of database.prepare(`SELECT ${names} FROM ${table} ORDER BY ${order}`).iterate()) {
    const values = Object.values(row).map((value) =>
      value instanceof Uint8Array ? `x${value.toHex()}` : value
    );
    hash.update(JSON.stringify(values));
    rows++;
  }
  return `${rows} rows, ${hash.digest("hex").slice(0, 16)}`;
}

/** A server and its data folder. */
interface AuditedServer {
  readonly name: string;
  readonly data: string;
}

/** The digests of all servers at one place of the log: what servers say of themselves may come at any time. */
async function digestsAtOnePlace(servers: readonly AuditedServer[]) {
  const places = () => servers.map(({ data }) => appliedOf(data)).join();
  for (;;) {
    await untilLevel(servers.map(({ data }) => data));
    const before = places();
    const all = servers.map(({ name, data }) => ({ name, digests: digestsOf(data) }));
    if (places() === before) return all;
  }
}

/** Checks that the databases of the servers are the same, row by row. */
async function checkSame(servers: readonly AuditedServer[]): Promise<void> {
  const all = await digestsAtOnePlace(servers);
  const [first] = all;
  for (const other of all.slice(1)) {
    for (const [table, digest] of first!.digests) {
      const theirs = other.digests.get(table);
      if (theirs === digest) continue;
      const what = `${table}: ${first!.name} has ${digest}, ${other.name} has ${theirs}`;
      throw new CheckError(`The servers differ in the table ${what}`);
    }
  }
}

/** The texts of the room, by number. */
function messagesOf(data: string): Map<number, string> {
  const sql = "SELECT seq, event FROM messages WHERE room = ? ORDER BY seq";
  const rows = withDatabase(data, (database) => database.prepare(sql).all(ROOM));
  return new Map(rows.map(({ seq, event }) => [Number(seq), JSON.parse(String(event)).text]));
}

/** Checks what came of all that was said. */
function checkSaid(stored: ReadonlyMap<number, string>, talkers: readonly Talker[]): void {
  const numbers = new Map<string, number>();
  for (const [seq, text] of stored) {
    const earlier = numbers.get(text);
    if (earlier !== undefined) {
      throw new CheckError(`"${text}" is stored twice: ${earlier}, ${seq}`);
    }
    numbers.set(text, seq);
  }
  const { first, last } = boundsOf(stored);
  if (stored.size > 0 && !stored.has(last)) throw new CheckError("Numbers are missing");
  checkOrder(stored);
  for (const { done, failed } of talkers) {
    for (const [text, seq] of done) {
      if (seq < first) continue;
      const place = numbers.get(text);
      if (place === undefined) throw new CheckError(`"${text}" (DONE ${seq}) is lost`);
      if (place !== seq) throw new CheckError(`"${text}" (DONE ${seq}) is stored as ${place}`);
    }
    for (const text of failed) {
      if (numbers.has(text)) throw new CheckError(`"${text}" is stored, but got FAIL`);
    }
  }
}

/** The first and the last number: maps keep their order. The oldest messages of a room are not kept. */
function boundsOf(stored: ReadonlyMap<number, string>): { first: number; last: number } {
  const [first = 1] = stored.keys();
  return { first, last: first + stored.size - 1 };
}

/** Each talker's texts are numbered, and have the order of their numbers. */
function checkOrder(stored: ReadonlyMap<number, string>): void {
  const last = new Map<string, number>();
  for (const [seq, text] of stored) {
    const [name = "", number] = text.split(" ");
    if (Number(number) <= (last.get(name) ?? 0)) {
      throw new CheckError(`"${text}" (${seq}) comes after "${name} ${last.get(name)}"`);
    }
    last.set(name, Number(number));
  }
}

/** Checks all that was said so far: it is the same at all servers, and was heard. Nothing is under way. */
export async function auditTalk(
  servers: readonly AuditedServer[],
  talkers: readonly Talker[],
  chatters: readonly Chatter[],
): Promise<void> {
  await checkSame(servers);
  const stored = messagesOf(servers[0]!.data);
  checkSaid(stored, talkers);
  for (const chatter of chatters) await hears(chatter, stored);
}

/** Events may come after the answer to the last message. */
async function hears(chatter: Chatter, stored: ReadonlyMap<number, string>): Promise<void> {
  const endMs = performance.now() + ELECTION_MS;
  const { last } = boundsOf(stored);
  while (chatter.heard.at(-1) !== last && performance.now() < endMs) await pause(20);
  checkHeard(stored, chatter);
}

/** Checks that a client was told each message of the room once, in order, from its first one on. */
function checkHeard(stored: ReadonlyMap<number, string>, chatter: Chatter): void {
  const { heard, missed, name } = chatter;
  if (missed > 0) throw new CheckError(`${name} was told that ${missed} messages are missing`);
  const { last } = boundsOf(stored);
  const first = heard[0] ?? last + 1;
  const wrong = heard.findIndex((seq, at) => seq !== first + at);
  if (wrong >= 0) {
    const around = heard.slice(Math.max(0, wrong - 3), wrong + 3).join(", ");
    throw new CheckError(`${name} was told ${around}: not each message once`);
  }
  if (first + heard.length - 1 !== last) {
    throw new CheckError(`${name} was told up to ${heard.at(-1)} of ${last}`);
  }
}
