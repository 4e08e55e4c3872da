/** Transfers whose server of a cluster is killed or stopped: real servers, and the client as a program. */
import { assertEquals, assertMatch } from "@std/assert";
import { existsSync, readdirSync } from "node:fs";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { ClusterPrograms } from "../helpers/cluster_programs.ts";
import { NatsCluster, NEEDS_NATS } from "../helpers/nats.ts";
import { Program, programCommand } from "../helpers/program.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** More than the buffers of a connection hold (36 MiB): they arrive although the server is dead. */
const CONTENT = patternedBytes(64 * 1024 * 1024);
/** Slow enough to be killed in the middle. */
const SLOW = ["--bwlimit", "16M"];
/** A folder of files that take as long, for a server that lets what is under way end. */
const FILES = Array.from({ length: 48 }, (_, at) => `folder/${at}.bin`);

/** Whether a file below a folder, also a hidden one, has grown over 1 MiB. */
function hasBegun(folder: string): boolean {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files.some((file) =>
    file.isFile() && Deno.statSync(`${file.parentPath}/${file.name}`).size > 1024 * 1024
  );
}

/** Whether some of the files are in a folder, while others are to come. */
function someAreIn(folder: string): boolean {
  return FILES.filter((name) => existsSync(`${folder}/${name}`)).length >= 3;
}

/** Two servers, and a client that begins at the first one. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const nats = stack.use(await NatsCluster.start(1));
  const servers = stack.use(new ClusterPrograms(nats.urls, ["-u"]));
  const folder = stack.use(new TempDir());
  await servers.startAll(2);
  const [first, second] = servers.programs.map((program) => program!.port);
  const start = (...args: string[]) =>
    stack.use(new Program([...programCommand("client"), ...args], [], { cwd: folder.path }));
  return {
    servers,
    folder,
    first: first!,
    second: second!,
    start,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test(
  "put: begins anew at another server when its own is killed, and is verified",
  NEEDS_NATS,
  async () => {
    await using fixture = await setUp();
    const { servers, folder, first, start } = fixture;
    folder.write("a.bin", CONTENT);
    const put = start("put", `127.0.0.1:${first}`, "a.bin", ...SLOW);
    await until(() => hasBegun(servers.rootOf(0)), "the upload");
    await servers.kill(first);
    assertEquals(await put.exitCode(), 0, put.stderr.text);
    assertMatch(put.stdout.text, /a\.bin: .* SHA-256 verified/);
    assertEquals(
      await sha256Of(Deno.readFileSync(`${servers.rootOf(1)}/a.bin`)),
      await sha256Of(CONTENT),
    );
  },
);

Deno.test(
  "get: goes on at another server when its own is killed, and is verified",
  NEEDS_NATS,
  async () => {
    await using fixture = await setUp();
    const { servers, folder, first, second, start } = fixture;
    folder.write("a.bin", CONTENT);
    const put = start("put", `127.0.0.1:${second}`, "a.bin");
    assertEquals(await put.exitCode(), 0, put.stderr.text);
    Deno.removeSync(folder.join("a.bin"));
    const get = start("get", `127.0.0.1:${first}`, "a.bin", "-o", ".", ...SLOW);
    await until(() => hasBegun(folder.path), "the download");
    await servers.kill(first);
    assertEquals(await get.exitCode(), 0, get.stderr.text);
    assertMatch(get.stdout.text, /a\.bin: .* SHA-256 verified .*resumed at/);
    assertEquals(await sha256Of(Deno.readFileSync(folder.join("a.bin"))), await sha256Of(CONTENT));
  },
);

Deno.test(
  "put, get: a folder goes on at another server when its own is stopped",
  NEEDS_NATS,
  async () => {
    await using fixture = await setUp();
    const { servers, folder, first, second, start } = fixture;
    for (const [at, name] of FILES.entries()) {
      folder.write(name, patternedBytes(1024 * 1024, at));
    }
    const put = start("put", `127.0.0.1:${first}`, "folder", ...SLOW);
    await until(() => someAreIn(servers.rootOf(0)), "the upload");
    assertEquals(await servers.stop(first), 0);
    assertEquals(await put.exitCode(), 0, put.stderr.text);
    const { port: third } = await servers.start(0);
    await until(() => FILES.every((name) => existsSync(`${servers.rootOf(1)}/${name}`)), "copies");
    const get = start("get", `127.0.0.1:${third}`, "folder", "-o", "got", ...SLOW);
    await until(() => someAreIn(folder.join("got")), "the download");
    assertEquals(await servers.stop(third), 0);
    assertEquals(await get.exitCode(), 0, get.stderr.text);
    for (const [at, name] of FILES.entries()) {
      const sent = await sha256Of(patternedBytes(1024 * 1024, at));
      const got = await sha256Of(Deno.readFileSync(folder.join("got", name)));
      assertEquals(got, sent, name);
    }
    const verify = start("verify", `127.0.0.1:${second}`, "folder", "folder");
    assertEquals(await verify.exitCode(), 0, verify.stdout.text);
  },
);
