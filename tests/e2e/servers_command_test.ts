/** Names for servers, in the client's file. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { jsonLines, Program, run } from "../helpers/program.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const KEY = "ab".repeat(32);

function scene() {
  const folder = new TempDir();
  const env = {
    XDG_CONFIG_HOME: folder.join("config"),
    XDG_STATE_HOME: folder.join("state"),
    TCP_CHAT_USER: "env",
  };
  const file = folder.join("config/tcp-chat/client.toml");
  const servers = (...args: string[]) =>
    run("client", ["servers", ...args], { cwd: folder.path, env });
  return { folder, env, file, servers, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

Deno.test("tcp-chat servers: adds, lists and removes names, and leaves the rest of the file as it is", async () => {
  using s = scene();
  assertStringIncludes((await s.servers()).stderr, "client.ts servers add NAME ADDRESS");
  const first = await s.servers("add", "casa", "h:6000", "--user", "ana", "--fingerprint", KEY);
  assertEquals([first.code, first.stderr], [0, ""]);
  assertStringIncludes(
    first.stdout,
    `casa is h:6000 now, in ${s.file}. A host of that name is tcp-chat://casa`,
  );
  const table = `[servers.casa]\naddress = "h:6000"\nuser = "ana"\nfingerprint = "${KEY}"\n`;
  assertEquals(Deno.readTextFileSync(s.file), table);
  assertEquals(Deno.statSync(s.file).mode! & 0o777, 0o600);

  const before =
    `# mine\r\nnick = "bia" # me\r\n\r\n# home\r\n${table}# lab\r\n[servers.lab]\r\naddress='l'`;
  Deno.writeTextFileSync(s.file, before);
  assertEquals((await s.servers("add", "b", "tcp-chat://x@h2")).code, 0);
  const after = Deno.readTextFileSync(s.file);
  assertEquals(after, `${before}\r\n\r\n[servers.b]\r\naddress = "tcp-chat://x@h2"\r\n`);
  s.folder.write("config/tcp-chat/known_hosts", `h:6000 ${KEY}\nother:5555 ${KEY}\n`);
  const listed = await s.servers("--json");
  assertEquals(jsonLines(listed.stdout), [
    {
      event: "server",
      name: "casa",
      address: "h:6000",
      known: true,
      options: { user: "ana", fingerprint: KEY },
    },
    { event: "server", name: "lab", address: "l:5555", known: false, options: {} },
    { event: "server", name: "b", address: "h2:5555", known: false, options: { user: "x" } },
    { event: "server", name: null, address: "other:5555", known: true, options: {} },
  ]);
  assertStringIncludes(
    (await s.servers()).stdout,
    'b     h2:5555  user = "x"\n      other:5555  known by its key\n',
  );

  assertEquals((await s.servers("remove", "casa")).code, 0);
  assertEquals(Deno.readTextFileSync(s.file), after.replace(table, ""));
});

Deno.test("tcp-chat servers: refuses what would not be a server with a name, and changes nothing", async () => {
  using s = scene();
  const text = '[servers]\ncasa = { address = "h" }\nlab = { address = "l" }\n';
  s.folder.write("config/tcp-chat/client.toml", text);
  const errors: [args: string[], code: number, text: string][] = [
    [["add", "casa", "h"], 2, "a server called casa already: tcp-chat servers remove casa"],
    [["add", "get", "h"], 2, "get is a command"],
    [["add", "a.b", "h"], 2, "the name of a server has letters"],
    [["add", "x", "h/docs"], 2, "h/docs is not HOST or HOST:PORT"],
    [["add", "x", "h:99999"], 2, "a port from 1 to 65535"],
    [["add", "x", "tcp-chat://h/docs"], 2, "the address of a server has no path: docs"],
    [["add", "x", "tcp-chat://ana@h", "--user", "bob"], 2, "another user"],
    [["add", "x", "a b"], 2, "is not HOST or HOST:PORT"],
    [["add", "x", "tcp-chat://a:secret@h"], 2, "An address holds no password"],
    [["add", "x", "h", "--json", "--stdout"], 2, "--stdout"],
    [["add", "x"], 2, "Which server"],
    [["add"], 2, "Which name"],
    [["remove", "none"], 4, "There is no server called none"],
    [["remvoe", "casa"], 2, "remvoe"],
  ];
  for (const [args, code, message] of errors) {
    const result = await s.servers(...args);
    assertEquals(result.code, code, args.join(" "));
    assertStringIncludes(result.stderr, message);
    assertEquals(result.stderr.includes("secret"), false);
    assertEquals(result.stderr.includes("client.toml"), false, "the mistake is not in the file");
    assertEquals(Deno.readTextFileSync(s.file), text);
  }
  assertEquals((await s.servers("remove", "casa")).code, 0);
  assertEquals(Deno.readTextFileSync(s.file), '[servers]\nlab = { address = "l" }\n');
  Deno.writeTextFileSync(
    s.file,
    `servers = { casa = { address = "h" }, lab = { address = "l" } }\n`,
  );
  const shared = await s.servers("remove", "casa");
  assertEquals(shared.code, 2);
  assertStringIncludes(shared.stderr, "shares a line with others");
});

Deno.test("tcp-chat servers add: loses no name when several add at once", async () => {
  using s = scene();
  const names = ["a1", "a2", "a3"];
  const results = await Promise.all(names.map((name) => s.servers("add", name, "h")));
  assertEquals(results.map(({ code, stderr }) => [code, stderr]), names.map(() => [0, ""]));
  const listed = (await s.servers("--json")).stdout.trim().split("\n");
  assertEquals(listed.map((line) => JSON.parse(line).name).sort(), names);
});

/** Whether a process has a file open. Linux tells. */
function hasOpen(pid: number, path: string): boolean {
  return Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).some(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/${pid}/fd/${name}`) === path;
    } catch {
      return false; // Closed meanwhile
    }
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `tcp-chat servers: ends on ${signal} while another process locks the file`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      using s = scene();
      const path = s.folder.write("config/tcp-chat/client.toml.lock", "");
      using lock = await Deno.open(path, { write: true });
      await lock.lock(true);
      await using client = new Program("client", ["servers", "add", "casa", "h"], { env: s.env });
      await until(() => hasOpen(client.pid, Deno.realPathSync(path)), "the wait for the lock");
      client.kill(signal);
      assertEquals([await client.exitCode(), client.stderr.text], [130, ""]);
      assertEquals(s.folder.list("config/tcp-chat"), [".tcp-chat", "client.toml.lock"]);
    },
  });
}
