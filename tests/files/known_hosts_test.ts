import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { KnownHosts } from "../../lib/files/known_hosts.ts";
import { ChildProcess } from "../helpers/child_process.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const SERVER = { hostname: "chat.example", port: 5555 };
const A = { fingerprint: "aa".repeat(32), certificate: null };
const B = { fingerprint: "bb".repeat(32), certificate: "AAAA" };

function fixture(): { temp: TempDir; hosts: KnownHosts } & Disposable {
  const temp = new TempDir();
  const hosts = new KnownHosts(temp.join("config/tcp-chat/known_hosts"));
  return { temp, hosts, [Symbol.dispose]: () => temp[Symbol.dispose]() };
}

Deno.test("KnownHosts: finds nothing without a file", async () => {
  using setup = fixture();
  assertEquals(await setup.hosts.find(SERVER), null);
});

Deno.test("KnownHosts: finds a server by name, in any case, and port", async () => {
  using setup = fixture();
  await setup.hosts.remember(SERVER, A);
  await setup.hosts.remember({ hostname: "::1", port: 1 }, B);
  assertEquals(await setup.hosts.find({ hostname: "Chat.EXAMPLE", port: 5555 }), A);
  assertEquals(await setup.hosts.find({ hostname: "::1", port: 1 }), B);
  assertEquals(await setup.hosts.find({ hostname: "chat.example", port: 5556 }), null);
  assertEquals(await setup.hosts.find({ hostname: "example", port: 5555 }), null);
});

Deno.test("KnownHosts: findByFingerprint finds the first server with a key, by its first line", async () => {
  using setup = fixture();
  assertEquals(await setup.hosts.findByFingerprint(A.fingerprint), null);
  const [a, b] = [A.fingerprint, B.fingerprint];
  setup.temp.write(
    "config/tcp-chat/known_hosts",
    `# ${a}\nother:1 nonsense\nother:1 ${b}\nOTHER:1 ${a}\n[::1]:5 ${a.toUpperCase()}\nlast:9 ${a}`,
  );
  assertEquals(await setup.hosts.findByFingerprint(a), "[::1]:5");
  assertEquals(await setup.hosts.findByFingerprint(b), "other:1");
  assertEquals(await setup.hosts.findByFingerprint("cc".repeat(32)), null);
});

Deno.test("KnownHosts: writes one line per server, in a file of mode 0600", async () => {
  using setup = fixture();
  await setup.hosts.remember(SERVER, A);
  await setup.hosts.remember({ hostname: "::1", port: 1 }, B);
  const { path } = setup.hosts;
  assertMatch(
    Deno.readTextFileSync(path),
    /^#.*\nchat\.example:5555 (?:aa){32}\n\[::1\]:1 (?:bb){32} AAAA\n$/,
  );
  if (Deno.build.os === "windows") return;
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("KnownHosts: remember replaces a server's line in place, and keeps other lines", async () => {
  using setup = fixture();
  const line = `chat.example:5555 ${A.fingerprint}`;
  const other = `other:1 ${A.fingerprint}`;
  setup.temp.write(
    "config/tcp-chat/known_hosts",
    `# mine\n\n${line}\nchat.example:5555 nonsense\n${line}\n  ${other}`,
  );
  await setup.hosts.remember(SERVER, B);
  assertEquals(
    Deno.readTextFileSync(setup.hosts.path),
    `# mine\n\nchat.example:5555 ${B.fingerprint} AAAA\nchat.example:5555 nonsense\n  ${other}\n`,
  );
});

Deno.test("KnownHosts: skips foreign and malformed lines", async () => {
  using setup = fixture();
  const { fingerprint } = A;
  const text = [
    `#chat.example:5555 ${fingerprint}`,
    "chat.example:5555",
    "chat.example:5555 ssh-ed25519 AAAA",
    `chat.example ${fingerprint}`,
    "\u0000\u{1F600}",
    `\tCHAT.example:5555   ${fingerprint.toUpperCase()}\tnot*base64\r`,
  ].join("\n");
  setup.temp.write("config/tcp-chat/known_hosts", text);
  assertEquals(await setup.hosts.find(SERVER), A);
});

Deno.test("KnownHosts: loses nothing when several processes write at the same time", async () => {
  using setup = fixture();
  const { hosts } = setup;
  const children = Array.from(
    { length: 2 },
    (_, i) => new ChildProcess("known_hosts_child.ts", [hosts.path, `child${i}`, "20"]),
  );
  const writing = Array.from(
    { length: 20 },
    (_, i) => hosts.remember({ hostname: "own", port: i + 1 }, A),
  );
  await Promise.all([...writing, ...children.map((child) => child.nextLine())]);
  for (const hostname of ["own", "child0", "child1"]) {
    for (let port = 1; port <= 20; port++) {
      assert(await hosts.find({ hostname, port }) !== null, `${hostname}:${port} is lost`);
    }
  }
  assertEquals(setup.temp.list("config/tcp-chat"), [
    ".tcp-chat",
    "known_hosts",
    "known_hosts.lock",
  ]);
  for (const child of children) await child[Symbol.asyncDispose]();
});

Deno.test({
  name: "KnownHosts: keeps a file that is a link",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using setup = fixture();
    const real = setup.temp.write("dotfiles/known_hosts", "# mine\n");
    Deno.mkdirSync(setup.temp.join("config/tcp-chat"), { recursive: true });
    Deno.symlinkSync(real, setup.hosts.path);
    await setup.hosts.remember(SERVER, A);
    assert(Deno.lstatSync(setup.hosts.path).isSymlink);
    assertMatch(Deno.readTextFileSync(real), /^# mine\nchat\.example:5555 /);
  },
});

Deno.test("KnownHosts: throws a DiskError when the file cannot be accessed", async () => {
  using setup = fixture();
  setup.temp.write("config/tcp-chat/known_hosts/in_the_way", "");
  await assertRejects(() => setup.hosts.find(SERVER), DiskError);
  await assertRejects(() => setup.hosts.remember(SERVER, A), DiskError);
});

Deno.test("KnownHosts: remember gives up its wait for the file when the signal fires", async () => {
  using f = fixture();
  await f.hosts.remember(SERVER, A);
  using lock = await Deno.open(`${f.hosts.path}.lock`, { write: true });
  await lock.lock(true);
  const stop = new AbortController();
  const waiting = f.hosts.remember(SERVER, B, stop.signal);
  stop.abort(new Error("stopped"));
  await assertRejects(() => waiting, Error, "stopped");
  assertEquals(await f.hosts.find(SERVER), A);
});
