import { assertEquals } from "@std/assert";
import { ChildProcess } from "../helpers/child_process.ts";
import { RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { unprivilegedPrefix } from "../helpers/unprivileged.ts";

const ignore = Deno.build.os === "windows";
const NOT_ALLOWED = "This name is not allowed";
const NOT_A_FILE = "This is not a regular file";

/** Requests a file that the server has to refuse, and returns the text of FERR. */
async function refusalOf(peer: RawPeer, name: string): Promise<string> {
  await peer.sendFrame("FILE", name);
  const frame = await peer.readFrame();
  assertEquals(frame?.type, "FERR", name);
  return textOf(frame!);
}

Deno.test({
  name: "special file: the server follows only links that stay inside the root",
  ignore,
  async fn() {
    using outside = new TempDir();
    outside.write("secret.txt", "secret");
    await using server = await startServer({}, {
      "folder/good.txt": "good",
      ".tcp-chat/state": "private",
    });
    const { root } = server;
    Deno.symlinkSync(outside.join("secret.txt"), root.join("link-out.txt"));
    Deno.symlinkSync(outside.path, root.join("folder-out"));
    Deno.symlinkSync("/", root.join("slash"));
    Deno.symlinkSync(`../${outside.path.split("/").pop()}/secret.txt`, root.join("relative.txt"));
    Deno.symlinkSync("link-out.txt", root.join("twice.txt"));
    Deno.symlinkSync(".tcp-chat/state", root.join("private.txt"));
    Deno.symlinkSync("loop.txt", root.join("loop.txt"));
    Deno.symlinkSync("nowhere", root.join("dangling.txt"));
    Deno.symlinkSync(".", root.join("self"));
    Deno.symlinkSync("folder/good.txt", root.join("link-in.txt"));

    using peer = await server.connect();
    for (
      const name of [
        "link-out.txt",
        "folder-out/secret.txt",
        "slash/etc/passwd",
        "relative.txt",
        "twice.txt",
        "private.txt",
      ]
    ) {
      assertEquals(await refusalOf(peer, name), NOT_ALLOWED, name);
    }
    assertEquals(await refusalOf(peer, "loop.txt"), "File not found");
    assertEquals(await refusalOf(peer, "dangling.txt"), "File not found");
    assertEquals(await refusalOf(peer, "self"), NOT_A_FILE);
    for (const name of ["link-in.txt", "self/self/link-in.txt", "self/folder/good.txt"]) {
      await peer.sendFrame("FILE", name);
      assertEquals(textOf(await peer.expect("FDAT")), "good", name);
    }
    await assertServesOn(server);
  },
});

Deno.test({
  name: "special file: the server refuses a link to a folder whose path begins like the root",
  ignore,
  async fn() {
    await using server = await startServer();
    const neighbour = `${server.root.path}-neighbour`;
    Deno.mkdirSync(neighbour);
    try {
      Deno.writeTextFileSync(`${neighbour}/secret.txt`, "secret");
      Deno.symlinkSync(`${neighbour}/secret.txt`, server.root.join("link.txt"));
      using peer = await server.connect();
      assertEquals(await refusalOf(peer, "link.txt"), NOT_ALLOWED);
    } finally {
      Deno.removeSync(neighbour, { recursive: true });
    }
  },
});

Deno.test({
  name: "special file: the server never opens FIFOs, folders, devices and sockets",
  ignore,
  async fn() {
    await using server = await startServer({}, { "folder/good.txt": "good" });
    const { root } = server;
    new Deno.Command("mkfifo", { args: [root.join("fifo")] }).outputSync();
    Deno.symlinkSync("fifo", root.join("link-to-fifo"));
    Deno.symlinkSync("/dev/zero", root.join("zero"));
    using _socket = Deno.listen({ transport: "unix", path: root.join("socket") });
    using peer = await server.connect();
    // Opening a FIFO would block without a writer
    assertEquals(await refusalOf(peer, "fifo"), NOT_A_FILE);
    assertEquals(await refusalOf(peer, "link-to-fifo"), NOT_A_FILE);
    assertEquals(await refusalOf(peer, "folder"), NOT_A_FILE);
    assertEquals(await refusalOf(peer, "socket"), NOT_A_FILE);
    assertEquals(await refusalOf(peer, "zero"), NOT_ALLOWED);
    await assertServesOn(server);
    assertEquals(server.eventsOf("error"), []);
  },
});

Deno.test({
  name: "special file: the server does not open a device inside the root",
  ignore: ignore || !canMakeDevices(),
  async fn() {
    await using server = await startServer();
    new Deno.Command("mknod", { args: [server.root.join("zero"), "c", "1", "5"] }).outputSync();
    using peer = await server.connect();
    assertEquals(await refusalOf(peer, "zero"), NOT_A_FILE);
  },
});

Deno.test({
  name: "special file: the server answers unreadable files with Permission denied, and serves on",
  ignore: unprivilegedPrefix() === null,
  async fn() {
    using root = new TempDir();
    root.write("good.txt", "good");
    Deno.chmodSync(root.write("forbidden.txt", "secret"), 0o000);
    root.write("locked/file.txt", "secret");
    Deno.chmodSync(root.join("locked"), 0o000);
    await using child = new ChildProcess(
      "serve_child.ts",
      [JSON.stringify({ root: root.path })],
      unprivilegedPrefix()!,
    );
    const { port } = await child.waitFor("ready");
    using peer = await RawPeer.connect(Number(port));
    assertEquals(await refusalOf(peer, "forbidden.txt"), "Permission denied");
    assertEquals(await refusalOf(peer, "locked/file.txt"), "Permission denied");
    await peer.sendFrame("FILE", "good.txt");
    assertEquals(textOf(await peer.expect("FDAT")), "good");
    Deno.chmodSync(root.join("locked"), 0o700);
  },
});

function canMakeDevices(): boolean {
  if (ignore || Deno.uid() !== 0) return false;
  using folder = new TempDir();
  const { success } = new Deno.Command("mknod", {
    args: [folder.join("zero"), "c", "1", "5"],
    stderr: "null",
  }).outputSync();
  return success;
}
