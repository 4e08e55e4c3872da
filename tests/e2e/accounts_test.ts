import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const PASSWORD = "correct horse";

/** A server program with accounts and rules. */
class Fixture implements AsyncDisposable {
  readonly folder = new TempDir();
  server: ServerProgram | null = null;

  get data(): string {
    return join(this.folder.path, "data");
  }

  /** Runs `tcp-chat-server user`, with or without a running server. */
  user(...args: string[]) {
    const input = `${PASSWORD}\n`;
    return run("server", ["user", ...args, "--data", this.data], { input });
  }

  async start(...args: string[]): Promise<void> {
    this.folder.write("root/public/a.txt", "for all");
    this.folder.write("root/private/s.txt", "for some");
    const folders = { root: join(this.folder.path, "root"), data: this.data };
    this.server = await ServerProgram.start(folders, ["-u", "--json", "--no-console", ...args]);
  }

  client(command: string, args: readonly string[], password?: string) {
    const address = `127.0.0.1:${this.server?.port}`;
    return run("client", [command, address, ...args], {
      cwd: this.folder.path,
      env: password === undefined ? {} : { TCP_CHAT_PASSWORD: password },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server?.[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

Deno.test("tcp-chat-server --require-account: admits only correct passwords, and writes them nowhere", async () => {
  await using fixture = new Fixture();
  const { code, stderr } = await fixture.user("add", "alice");
  assertEquals([code, stderr], [0, `The accounts are in the data folder ${fixture.data}\n`]);
  await fixture.start("--require-account");
  const alice = ["--user", "alice", "-R"];
  const known = await fixture.client("ls", alice, PASSWORD);
  assertEquals([known.code, known.stdout.includes("private/s.txt")], [0, true]);

  const guest = await fixture.client("ls", []);
  const wrong = await fixture.client("ls", alice, "wrong horse");
  const unknown = await fixture.client("ls", ["--user", "nobody"], "wrong horse");
  assertEquals([guest.code, wrong.code, unknown.code], [6, 6, 6]);
  assertEquals(wrong.stderr, unknown.stderr);

  assertEquals((await fixture.user("add", "bob")).code, 0); // While the server runs
  assertEquals((await fixture.client("ls", ["--user", "bob"], PASSWORD)).code, 0);
  assertEquals((await fixture.user("remove", "alice")).code, 0);
  assertEquals((await fixture.client("ls", alice, PASSWORD)).code, 6);

  assertEquals(fixture.server?.stdout.text.includes("horse"), false);
  for (const { name } of Deno.readDirSync(fixture.data)) {
    const text = new TextDecoder().decode(Deno.readFileSync(join(fixture.data, name)));
    assertEquals(text.includes("horse"), false, name);
  }
});

Deno.test("user add, passwd: take the first line of a pipe, and TCP_CHAT_PASSWORD where it is empty", async () => {
  await using fixture = new Fixture();
  const env = { TCP_CHAT_PASSWORD: "wrong horse" };
  const set = (command: string, input: string, variables = env) =>
    run("server", ["user", command, "alice", "--data", fixture.data], { input, env: variables });
  assertEquals((await set("add", "\n", { TCP_CHAT_PASSWORD: "" })).code, 2);
  assertEquals((await set("add", "", { TCP_CHAT_PASSWORD: PASSWORD })).code, 0);
  await fixture.start("--require-account");
  assertEquals((await fixture.client("ls", ["--user", "alice"], PASSWORD)).code, 0);
  assertEquals((await set("passwd", "other horse\n")).code, 0);
  assertEquals((await fixture.client("ls", ["--user", "alice"], "other horse")).code, 0);
  assertEquals((await set("passwd", "\n")).code, 0);
  assertEquals((await fixture.client("ls", ["--user", "alice"], "wrong horse")).code, 0);
});

Deno.test("tcp-chat-server --require-account: without accounts, tells the command that adds one to its data folder", async () => {
  await using fixture = new Fixture();
  await fixture.start("--require-account");
  await fixture.server?.stdout.waitFor(`user add NAME --data '${fixture.data}' adds one`);
});

Deno.test("tcp-chat-server: grants access to folders by its rules, and keeps them if the file is invalid", async () => {
  await using fixture = new Fixture();
  await fixture.user("add", "alice");
  const rules = "private/** read,write alice\ndrop/* write guests\n";
  fixture.folder.write("data/rules", rules);
  await fixture.start();
  fixture.folder.write("mine.txt", "mine");

  assertEquals((await fixture.client("get", ["public/a.txt"])).code, 0);
  assertEquals((await fixture.client("get", ["private/s.txt"])).code, 4); // Hidden
  assertEquals(
    (await fixture.client("get", ["private/s.txt", "--user", "alice"], PASSWORD)).code,
    0,
  );
  assertEquals((await fixture.client("put", ["mine.txt", "--to", "private"])).code, 6);
  assertEquals((await fixture.client("put", ["mine.txt", "--to", "drop"])).code, 0);
  assertEquals((await fixture.client("get", ["drop/mine.txt"])).code, 4);

  fixture.folder.write("data/rules", `${rules}nonsense\n`);
  const error = await fixture.server!.stdout.waitForEvent("error");
  assertStringIncludes(String(error.message), "line 3, column 9");
  assertEquals((await fixture.client("get", ["private/s.txt", "-o", "again"])).code, 4);
});
