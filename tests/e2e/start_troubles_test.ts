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
/** The server, as somebody whom permissions stop. */
const UNPRIVILEGED: Command = [
  "sh",
  "-c",
  `${PREFIX ?? "exec"} "$0" "$@"`,
  ...programCommand("server"),
];

/** Ways to spoil the bytes of a database. */
const DAMAGES: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  "that is none": () => new TextEncoder().encode("this is no database ".repeat(500)),
  "that was cut off": (bytes) => bytes.slice(0, 3 * PAGE_BYTES + 100),
  "whose schema is damaged": (bytes) => spoil(bytes, 100, PAGE_BYTES),
  "whose tables are damaged": (bytes) => spoil(bytes, PAGE_BYTES, bytes.length),
  "whose last page is damaged": (bytes) => spoil(bytes, bytes.length - PAGE_BYTES, bytes.length),
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  Deno.test(`a database ${what} is told and kept as it is, and all the rest works`, async () => {
    using fixture = new Fixture();
    const path = fixture.makeDatabase();
    Deno.writeFileSync(path, damage(Deno.readFileSync(path)));
    const bytes = Deno.readFileSync(path);
    const told = await fixture.serves([]);
    assertStringIncludes(told, `error: Cannot use ${path}: `);
    assertStringIncludes(told, "nothing is kept after this run");

    // Without its accounts nobody may enter
    await fixture.refuses(["--require-account"], `Cannot use ${fixture.folder.join("data")}: `);
    const users = await run("server", ["user", "list", "--data", fixture.folder.join("data")]);
    assertStringIncludes(users.stderr, `tcp-chat-server: Cannot use ${path}: `);
    assertEquals([users.code, users.stdout], [7, ""]);
    assertEquals(Deno.readFileSync(path), bytes);
  });
}

Deno.test("a database that somebody else has locked is told, and all the rest works", async () => {
  using fixture = new Fixture();
  const path = fixture.makeDatabase();
  const holder = new DatabaseSync(path);
  try {
    holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM rooms; ROLLBACK");
    const told = await fixture.serves([]);
    assertStringIncludes(told, `error: Cannot use ${path}: database is locked; nothing is kept`);
    assertEquals(holder.prepare("SELECT count(*) AS n FROM rooms").get()!.n, 1);
  } finally {
    holder.close();
  }
  assertEquals((await fixture.serves([])).includes("error"), false);
});

Deno.test({
  name: "a data folder that may not be written is told, and all the rest works",
  ...NOT_ROOT,
  async fn() {
    using fixture = new Fixture();
    const path = fixture.makeDatabase();
    const bytes = Deno.readFileSync(path);
    Deno.chmodSync(path, 0o400);
    Deno.chmodSync(fixture.folder.join("data"), 0o500);
    const told = await fixture.serves([], UNPRIVILEGED);
    assertStringIncludes(told, `error: Cannot use ${path}: `);
    // A key that cannot be kept would be another one next time
    await fixture.refuses(
      ["--tls"],
      `Cannot use ${fixture.folder.join("data")}: permission denied\n`,
      {
        command: UNPRIVILEGED,
      },
    );
    assertEquals(Deno.readFileSync(path), bytes);
  },
});

Deno.test({
  name: "a data folder that may not be read stops the server: its rules may forbid something",
  ...NOT_ROOT,
  async fn() {
    using fixture = new Fixture();
    const data = fixture.folder.join("data");
    Deno.chmodSync(data, 0);
    const expected = `Cannot use ${data}/rules: permission denied\n`;
    await fixture.refuses([], expected, { command: UNPRIVILEGED });
  },
});

Deno.test({
  name: "a served folder that may not be written is served, and uploads to it are refused",
  ...NOT_ROOT,
  async fn() {
    using fixture = new Fixture();
    Deno.chmodSync(fixture.folder.join("root"), 0o500);
    const told = await fixture.serves(["-u"], UNPRIVILEGED, {
      code: 6,
      stderr: "Permission denied",
    });
    assertEquals(told.includes("error"), false);
    assertEquals(fixture.folder.list("root"), ["a.txt"]);
    const root = fixture.folder.join("root/new");
    await fixture.refuses([], `Cannot use ${root}: permission denied\n`, {
      command: UNPRIVILEGED,
      root,
    });
  },
});

Deno.test("a served folder that is a file stops the server", async () => {
  using fixture = new Fixture();
  const root = fixture.folder.join("root/a.txt");
  const { stderr } = await fixture.refuses([], root, { root });
  assertMatch(stderr, /^tcp-chat-server: Cannot (use|write) /);
  assertEquals(Deno.readTextFileSync(root), "hello");
});

Deno.test("a full disk under the data folder is told, and all the rest works", async () => {
  using fixture = new Fixture();
  const data = fixture.folder.join("data");
  using disk = mountSmall(data);
  if (disk === null) return;
  const path = fixture.makeDatabase(1);
  fill(data);
  const told = await fixture.serves([]);
  assertStringIncludes(told, `error: Cannot use ${path}: `);
  assertStringIncludes(told, " full; nothing is kept");
  await fixture.refuses(["--tls"], `Cannot write ${data}: the disk is full\n`);
  Deno.removeSync(`${data}/fill`);
  assertEquals((await fixture.serves([])).includes("error"), false);
  using database = new DatabaseSync(path);
  assertEquals(database.prepare("SELECT seq FROM rooms WHERE room = 'other'").get()!.seq, 7);
});

Deno.test("a full disk under the served folder is served, and uploads to it are refused", async () => {
  using fixture = new Fixture();
  const root = fixture.folder.join("root");
  using disk = mountSmall(root);
  if (disk === null) return;
  fixture.folder.write("root/a.txt", "hello");
  fill(root);
  await fixture.serves(["-u"], "server", { code: 1, stderr: "No space left" });
  assertEquals(fixture.folder.list("root").filter((name) => name !== ".tcp-chat"), [
    "a.txt",
    "fill",
  ]);
});

/** Folders for a server that is about to be started. */
class Fixture implements Disposable {
  readonly folder = new TempDir();

  constructor() {
    this.folder.write("root/a.txt", "hello");
    this.folder.write("up.txt", "up".repeat(10_000));
    Deno.mkdirSync(this.folder.join("data"));
  }

  /** Leaves a database of an earlier run; its path. */
  makeDatabase(messages = 300): string {
    const path = this.folder.join(DATABASE);
    const database = openDatabase(path);
    database.exec("BEGIN; INSERT INTO rooms VALUES ('other', 7, 1)");
    const insert = database.prepare("INSERT INTO messages VALUES ('other', ?, ?)");
    for (let i = 0; i < messages; i++) insert.run(i, "x".repeat(200));
    database.exec("COMMIT");
    database.close();
    return path;
  }

  /**
   * Starts the server, uses it, and stops it.
   *
   * @param put how an upload is to fail; by default none is tried
   * @returns what it told before it listened
   */
  async serves(
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

  /** Starts the server in vain. */
  async refuses(
    args: string[],
    told: string,
    { command = "server" as Command, root = this.folder.join("root") } = {},
  ) {
    const all = ["-p", "0", "-H", "127.0.0.1", "-r", root, "--data", this.folder.join("data")];
    const result = await run(command, [...all, ...args]);
    assertStringIncludes(result.stderr, told);
    assertEquals(result.code, 7);
    return result;
  }

  [Symbol.dispose](): void {
    for (const name of ["data", "root"]) Deno.chmodSync(this.folder.join(name), 0o700);
    this.folder[Symbol.dispose]();
  }
}

function spoil(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return bytes.map((byte, i) => i >= from && i < to ? (byte + i) % 251 : byte);
}

/** Writes until nothing fits any more. */
function fill(folder: string): void {
  using file = Deno.openSync(`${folder}/fill`, { write: true, create: true });
  try {
    for (;;) file.writeSync(new Uint8Array(PAGE_BYTES));
  } catch {
    // It is full
  }
}
