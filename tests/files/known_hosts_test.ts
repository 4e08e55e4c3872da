import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { KnownHosts, knownHostsPath } from "../../lib/files/known_hosts.ts";
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

Deno.test("nothing is known where there is no file", async () => {
  using place = fixture();
  assertEquals(await place.hosts.find(SERVER), null);
});

Deno.test("a server is known by its name and its port, in any case", async () => {
  using place = fixture();
  await place.hosts.remember(SERVER, A);
  await place.hosts.remember({ hostname: "::1", port: 1 }, B);
  assertEquals(await place.hosts.find({ hostname: "Chat.EXAMPLE", port: 5555 }), A);
  assertEquals(await place.hosts.find({ hostname: "::1", port: 1 }), B);
  assertEquals(await place.hosts.find({ hostname: "chat.example", port: 5556 }), null);
  assertEquals(await place.hosts.find({ hostname: "example", port: 5555 }), null);
});

Deno.test("the file holds a line for each server, and only its owner may read it", async () => {
  using place = fixture();
  await place.hosts.remember(SERVER, A);
  await place.hosts.remember({ hostname: "::1", port: 1 }, B);
  const { path } = place.hosts;
  assertMatch(
    Deno.readTextFileSync(path),
    /^#.*\nchat\.example:5555 (?:aa){32}\n\[::1\]:1 (?:bb){32} AAAA\n$/,
  );
  if (Deno.build.os === "windows") return;
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("what is remembered replaces what was known, in its place; other lines stay", async () => {
  using place = fixture();
  const line = `chat.example:5555 ${A.fingerprint}`;
  const other = `other:1 ${A.fingerprint}`;
  place.temp.write(
    "config/tcp-chat/known_hosts",
    `# mine\n\n${line}\nchat.example:5555 nonsense\n${line}\n  ${other}`,
  );
  await place.hosts.remember(SERVER, B);
  assertEquals(
    Deno.readTextFileSync(place.hosts.path),
    `# mine\n\nchat.example:5555 ${B.fingerprint} AAAA\nchat.example:5555 nonsense\n  ${other}\n`,
  );
});

Deno.test("lines of others are passed over", async () => {
  using place = fixture();
  const { fingerprint } = A;
  const text = [
    `#chat.example:5555 ${fingerprint}`,
    "chat.example:5555",
    "chat.example:5555 ssh-ed25519 AAAA",
    `chat.example ${fingerprint}`,
    "\u0000\u{1F600}",
    `\tCHAT.example:5555   ${fingerprint.toUpperCase()}\tnot*base64\r`,
  ].join("\n");
  place.temp.write("config/tcp-chat/known_hosts", text);
  assertEquals(await place.hosts.find(SERVER), A);
});

Deno.test("those who write at the same time lose nothing of each other", async () => {
  using place = fixture();
  const { hosts } = place;
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
  assertEquals(place.temp.list("config/tcp-chat"), ["known_hosts", "known_hosts.lock"]);
  for (const child of children) await child[Symbol.asyncDispose]();
});

Deno.test({
  name: "a file that is a link stays one",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using place = fixture();
    const real = place.temp.write("dotfiles/known_hosts", "# mine\n");
    Deno.mkdirSync(place.temp.join("config/tcp-chat"), { recursive: true });
    Deno.symlinkSync(real, place.hosts.path);
    await place.hosts.remember(SERVER, A);
    assert(Deno.lstatSync(place.hosts.path).isSymlink);
    assertMatch(Deno.readTextFileSync(real), /^# mine\nchat\.example:5555 /);
  },
});

Deno.test("a file that cannot be had is an error of the disk", async () => {
  using place = fixture();
  place.temp.write("config/tcp-chat/known_hosts/in_the_way", "");
  await assertRejects(() => place.hosts.find(SERVER), DiskError);
  await assertRejects(() => place.hosts.remember(SERVER, A), DiskError);
});

Deno.test("the file lies where the XDG specification says", () => {
  const path = (env: Record<string, string>) => knownHostsPath((name) => env[name]);
  assertEquals(path({ XDG_CONFIG_HOME: "/c", HOME: "/h" }), "/c/tcp-chat/known_hosts");
  assertEquals(path({ XDG_CONFIG_HOME: "", HOME: "/h" }), "/h/.config/tcp-chat/known_hosts");
});
