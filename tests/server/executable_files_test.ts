import { assertEquals } from "@std/assert";
import { type Client, connect, downloadAll, uploadAll } from "../../mod.ts";
import { startAccountServer } from "../helpers/account_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };
const LARGE = new Uint8Array(100_000).fill(7);

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

/** A server with the account `ana`, who is logged in as `ana`, beside a guest. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const data = stack.use(new TempDir());
  const server = stack.use(await startAccountServer(data, { uploads: true }));
  const folder = stack.use(new TempDir());
  const login = { user: "ana", password: "right" };
  const options = { hostname: "127.0.0.1", port: server.port };
  const ana = stack.use(await connect({ ...options, login }));
  const guest = stack.use(await connect(options));
  return { server, folder, ana, guest, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Sends a small and a large file with a mode, and returns the modes that they get. */
async function modesOfSent(
  client: Client,
  server: TestServer,
  { mode, ...options }: { mode: number; exec?: boolean; replace?: boolean },
): Promise<number[]> {
  using folder = new TempDir();
  const name = crypto.randomUUID();
  for (const [file, content] of [["small", "x"], ["large", LARGE]] as const) {
    Deno.chmodSync(folder.write(`${name}/${file}`, content), mode);
  }
  const { failures } = await uploadAll(client, [folder.join(name)], options);
  assertEquals(failures, []);
  return ["small", "large"].map((file) => modeOf(server.root.join(name, file)));
}

Deno.test({
  name: "exec: LIST, STAT and FMET tell which files their owner may execute",
  ...onUnix,
  fn: async () => {
    await using server = await startServer({}, { "a": "a", "b": "b", "c": "c", "d/e": LARGE });
    const modes = { a: 0o644, b: 0o755, c: 0o4_711, "d/e": 0o700 };
    for (const [path, mode] of Object.entries(modes)) Deno.chmodSync(server.root.join(path), mode);
    Deno.symlinkSync("../b", server.root.join("d/f"));
    Deno.symlinkSync("../a", server.root.join("d/g"));
    using peer = await Protocol2Peer.connect(server.port);
    const { entries } = await peer.request("LIST", { path: "", recursive: true });
    const told = (entries as { path: string; exec?: unknown }[]).map((
      { path, exec },
    ) => [path, exec]);
    assertEquals(told, [
      ["a", undefined],
      ["b", true],
      ["c", true],
      ["d", undefined],
      ["d/e", true],
      ["d/f", true],
      ["d/g", undefined],
    ]);
    const single = await peer.request("LIST", { path: "b" });
    assertEquals((single.entries as { exec?: unknown }[])[0]!.exec, true);
    for (const path of ["a", "b", "c", "d/e"]) {
      const exec = path === "a" ? undefined : true;
      assertEquals((await peer.request("STAT", { path })).exec, exec, path);
      assertEquals((await peer.get(path)).head.exec, exec, path);
    }
    assertEquals((await peer.request("STAT", { path: "d" })).exec, undefined);
  },
});

Deno.test({
  name: "exec: get lets those execute a file that may read it, and --no-exec does not",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    const { server, folder, guest } = fixture;
    for (const [path, content] of [["f/small", "x"], ["f/large", LARGE]] as const) {
      Deno.chmodSync(server.root.write(path, content), 0o4_755);
    }
    server.root.write("f/plain", "x");
    const modes = async (directory: string, exec?: boolean) => {
      await downloadAll(guest, ["f"], { directory, ...(exec !== undefined && { exec }) });
      return ["small", "large", "plain"].map((name) => modeOf(`${directory}/f/${name}`));
    };
    const plain = modeOf(folder.write("x", "x"));
    const executable = plain | (plain & 0o444) >> 2;
    assertEquals(await modes(folder.join("1")), [executable, executable, plain]);
    assertEquals(await modes(folder.join("2"), false), [plain, plain, plain]);
  },
});

Deno.test({
  name: "exec: get of many small files lets those execute them that may, in place of others too",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    const { server, folder, guest } = fixture;
    const names = Array.from({ length: 100 }, (_, i) => String(i));
    for (const name of names) {
      Deno.chmodSync(server.root.write(`f/${name}`, name), Number(name) % 2 === 0 ? 0o755 : 0o644);
      Deno.chmodSync(folder.write(`1/f/${name}`, "other"), 0o640);
    }
    const modes = async (
      directory: string,
      options: { exec?: boolean; replace?: boolean } = {},
    ) => {
      await downloadAll(guest, ["f"], { directory, ...options });
      return names.map((name) => modeOf(`${directory}/f/${name}`));
    };
    const each = (even: number, odd: number) => names.map((_, i) => i % 2 === 0 ? even : odd);
    const plain = modeOf(folder.write("x", "x"));
    const executable = plain | (plain & 0o444) >> 2;
    assertEquals(await modes(folder.join("1"), { replace: true }), each(0o750, 0o640));
    assertEquals(await modes(folder.join("2")), each(executable, plain));
    assertEquals(await modes(folder.join("3"), { exec: false }), each(plain, plain));
  },
});

Deno.test({
  name: "exec: put tells of it, the server believes accounts, and never sets setuid",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    const { server, folder, ana, guest } = fixture;
    const plain = modeOf(folder.write("x", "x"));
    const executable = plain | (plain & 0o444) >> 2;
    assertEquals(await modesOfSent(ana, server, { mode: 0o4_711 }), [executable, executable]);
    assertEquals(await modesOfSent(ana, server, { mode: 0o644 }), [plain, plain]);
    assertEquals(await modesOfSent(ana, server, { mode: 0o755, exec: false }), [plain, plain]);
    assertEquals(await modesOfSent(guest, server, { mode: 0o755 }), [plain, plain]);
  },
});

Deno.test({
  name: "exec: is never taken away, and is added to the permissions of a file that is replaced",
  ...onUnix,
  fn: async () => {
    await using fixture = await setUp();
    const { server, folder, ana } = fixture;
    const sent = folder.write("a", "new");
    for (const [before, mode, after] of [[0o750, 0o644, 0o750], [0o640, 0o755, 0o750]]) {
      Deno.chmodSync(server.root.write("a", "old"), before!);
      Deno.chmodSync(sent, mode!);
      await ana.upload(sent, { path: "a", replace: true });
      assertEquals(modeOf(server.root.join("a")), after);
    }
  },
});

Deno.test({
  name: "exec: protocol 1 is told nothing of it",
  ...onUnix,
  fn: async () => {
    await using server = await startServer({}, { "a": "a" });
    Deno.chmodSync(server.root.join("a"), 0o755);
    using folder = new TempDir();
    await using client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 1 });
    const { file } = await client.download("a", { directory: folder.path });
    assertEquals(modeOf(file) & 0o111, 0);
  },
});
