import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../lib/files/database.ts";
import { type Command, programCommand, run, ServerProgram } from "../helpers/program.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

const DATABASE = "data/tcp-chat.db";
const PAGE_BYTES = 4096;
const PREFIX = unprivilegedPrefix();
const NOT_ROOT = { ignore: PREFIX === null };
/** The server, run by a user without the permissions of root. */
const UNPRIVILEGED: Command = [
  "sh",
  "-c",
  `${PREFIX ?? "exec"} "$0" "$@"`,
  ...programCommand("server"),
];

/** Start although the database cannot be used. */
const WITHOUT = ["--without-database"];

/** Kinds of damage to a database file. */
const DAMAGES: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  "not a database": () => new TextEncoder().encode("this is no database ".repeat(500)),
  "truncated": (bytes) => bytes.slice(0, 3 * PAGE_BYTES + 100),
  "damaged schema": (bytes) => corrupt(bytes, 100, PAGE_BYTES),
  "damaged tables": (bytes) => corrupt(bytes, PAGE_BYTES, bytes.length),
  "damaged last page": (bytes) => corrupt(bytes, bytes.length - PAGE_BYTES, bytes.length),
};

async function assertReported(damage: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  using fixture = new Fixture();
  const path = fixture.makeDatabase();
  Deno.writeFileSync(path, damage(Deno.readFileSync(path)));
  const bytes = Deno.readFileSync(path);
  await fixture.assertExits([], `Cannot use ${path}: `);
  const output = await fixture.assertStarts(WITHOUT);
  assertStringIncludes(output, `error: Cannot use ${path}: `);
  assertStringIncludes(output, "nothing is kept after this run");

  // Without the database, the server knows no account
  await fixture.assertExits(["--require-account"], `Cannot use ${fixture.folder.join("data")}: `);
  const users = await run("server", ["user", "list", "--data", fixture.folder.join("data")]);
  assertStringIncludes(users.stderr, `tcp-chat-server: Cannot use ${path}: `);
  assertEquals([users.code, users.stdout], [7, ""]);
  assertEquals(Deno.readFileSync(path), bytes);
}

Deno.test("tcp-chat-server: reports an unusable database; runs without it if told so", async () => {
  await Promise.all(Object.values(DAMAGES).map(assertReported));
});

Deno.test("tcp-chat-server: reports a locked database; runs without it if told so", async () => {
  using fixture = new Fixture();
  const path = fixture.makeDatabase();
  const holder = new DatabaseSync(path);
  try {
    holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM rooms; ROLLBACK");
    const output = await fixture.assertStarts(WITHOUT);
    assertStringIncludes(output, `error: Cannot use ${path}: database is locked; nothing is kept`);
    assertEquals(holder.prepare("SELECT count(*) AS n FROM rooms").get()!.n, 1);
  } finally {
    holder.close();
  }
  assertEquals((await fixture.assertStarts([])).includes("error"), false);
});

Deno.test({
  name:
    "tcp-chat-server: reports a data folder without write permission; runs without it if told so",
  ...NOT_ROOT,
  async fn() {
    using fixture = new Fixture();
    const path = fixture.makeDatabase();
    const bytes = Deno.readFileSync(path);
    Deno.chmodSync(path, 0o400);
    Deno.chmodSync(fixture.folder.join("data"), 0o500);
    const output = await fixture.assertStarts(WITHOUT, UNPRIVILEGED);
    assertStringIncludes(output, `error: Cannot use ${path}: `);
    // A key that cannot be stored would change with every start
    await fixture.assertExits(
      ["--tls", ...WITHOUT],
      `Cannot use ${fixture.folder.join("data")}: permission denied\n`,
      {
        command: UNPRIVILEGED,
      },
    );
    assertEquals(Deno.readFileSync(path), bytes);
  },
});

Deno.test({
  name: "tcp-chat-server: exits with 7 if the rules in its data folder cannot be read",
  ...NOT_ROOT,
  async fn() {
    using fixture = new Fixture();
    const data = fixture.folder.join("data");
    Deno.chmodSync(data, 0);
    const expected = `Cannot use ${data}/rules: permission denied\n`;
    await fixture.assertExits([], expected, { command: UNPRIVILEGED });
  },
});

Deno.test({
  name: "tcp-chat-server: serves a root without write permission, and refuses uploads",
  ...NOT_ROOT,
  async fn() {
    using fixture = new Fixture();
    Deno.chmodSync(fixture.folder.join("root"), 0o500);
    const output = await fixture.assertStarts(["-u"], UNPRIVILEGED, {
      code: 6,
      stderr: "Permission denied",
    });
    assertEquals(output.includes("error"), false);
    assertEquals(fixture.folder.list("root"), ["a.txt"]);
    const root = fixture.folder.join("root/new");
    await fixture.assertExits([], `Cannot use ${root}: permission denied\n`, {
      command: UNPRIVILEGED,
      root,
    });
  },
});

Deno.test("tcp-chat-server: exits with 7 if the root is a file", async () => {
  using fixture = new Fixture();
  const root = fixture.folder.join("root/a.txt");
  const { stderr } = await fixture.assertExits([], root, { root });
  assertMatch(stderr, /^tcp-chat-server: Cannot (use|write) /);
  assertEquals(Deno.readTextFileSync(root), "hello");
});

Deno.test("tcp-chat-server: reports a data folder on a full disk; runs without it if told so", async () => {
  using fixture = new Fixture();
  const data = fixture.folder.join("data");
  using disk = mountSmall(data);
  if (disk === null) return;
  const path = fixture.makeDatabase(1);
  fill(data);
  const output = await fixture.assertStarts(WITHOUT);
  assertStringIncludes(output, `error: Cannot use ${path}: `);
  assertStringIncludes(output, " full; nothing is kept");
  await fixture.assertExits(["--tls", ...WITHOUT], `Cannot write ${data}: the disk is full\n`);
  Deno.removeSync(`${data}/fill`);
  assertEquals((await fixture.assertStarts([])).includes("error"), false);
  using database = new DatabaseSync(path);
  assertEquals(database.prepare("SELECT seq FROM rooms WHERE room = 'other'").get()!.seq, 7);
});

Deno.test("tcp-chat-server: serves a root on a full disk, and refuses uploads", async () => {
  using fixture = new Fixture();
  const root = fixture.folder.join("root");
  using disk = mountSmall(root);
  if (disk === null) return;
  fixture.folder.write("root/a.txt", "hello");
  fill(root);
  await fixture.assertStarts(["-u"], "server", { code: 1, stderr: "No space left" });
  assertEquals(fixture.folder.list("root").filter((name) => name !== ".tcp-chat"), [
    "a.txt",
    "fill",
  ]);
});

/** The folders of a server. */
class Fixture implements Disposable {
  readonly folder = new TempDir();

  constructor() {
    this.folder.write("root/a.txt", "hello");
    this.folder.write("up.txt", "up".repeat(10_000));
    Deno.mkdirSync(this.folder.join("data"));
  }

  /** Creates a database with messages of an earlier run, and returns its path. */
  makeDatabase(messages = 300): string {
    const path = this.folder.join(DATABASE);
    const database = openDatabase(path);
    database.exec("BEGIN; INSERT INTO rooms (room, seq, spoken_ms) VALUES ('other', 7, 1)");
    const insert = database.prepare("INSERT INTO messages VALUES ('other', ?, ?)");
    for (let i = 0; i < messages; i++) insert.run(i, "x".repeat(200));
    database.exec("COMMIT");
    database.close();
    return path;
  }

  /**
   * Asserts that the server starts, serves clients, and stops.
   *
   * @param put how an upload must fail; `null` for no upload
   * @returns the output before the server listens
   */
  async assertStarts(
    args: string[],
    command: Command = "server",
    put: { readonly code: number; readonly stderr: string } | null = null,
  ): Promise<string> {
    const { folder } = this;
    const folders = { root: folder.join("root"), data: folder.join("data") };
    await using server = await ServerProgram.start(folders, args, { command });
    const address = `127.0.0.1:${server.port}`;
    const got = await run("client", ["get", address, "a.txt", "--stdout", "-q"]);
    assertEquals([got.code, got.stdout, got.stderr], [0, "hello", ""]);
    const said = await run("client", ["say", address, "hello"]);
    assertEquals([said.code, said.stderr], [0, ""]);
    if (put !== null) {
      const { code, stderr } = await run("client", ["put", address, folder.join("up.txt")]);
      assertEquals(code, put.code);
      assertStringIncludes(stderr, put.stderr);
    }
    await server.write("quit\n");
    assertEquals(await server.exitCode(), 0);
    assertEquals(server.stderr.text, "");
    const { text } = server.stdout;
    const listens = text.indexOf(" listens on ");
    assert(!text.slice(listens).includes("error: "), text);
    return text.slice(0, listens);
  }

  /** Asserts that the server does not start, but exits with 7 and an error. */
  async assertExits(
    args: string[],
    expected: string,
    { command = "server" as Command, root = this.folder.join("root") } = {},
  ) {
    const all = ["-p", "0", "-H", "127.0.0.1", "-r", root, "--data", this.folder.join("data")];
    const result = await run(command, [...all, ...args]);
    assertStringIncludes(result.stderr, expected);
    assertEquals(result.code, 7);
    return result;
  }

  [Symbol.dispose](): void {
    for (const name of ["data", "root"]) Deno.chmodSync(this.folder.join(name), 0o700);
    this.folder[Symbol.dispose]();
  }
}

function corrupt(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return bytes.map((byte, i) => i >= from && i < to ? (byte + i) % 251 : byte);
}

/** Fills the disk of a folder. */
function fill(folder: string): void {
  using file = Deno.openSync(`${folder}/fill`, { write: true, create: true });
  try {
    for (;;) file.writeSync(new Uint8Array(PAGE_BYTES));
  } catch {
    // The disk is full
  }
}
