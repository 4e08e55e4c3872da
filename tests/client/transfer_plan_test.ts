import { assertEquals, assertRejects } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { downloadAll } from "../../lib/client/download_all.ts";
import { planDownload, type PlanDownloadOptions } from "../../lib/client/plan_download.ts";
import { planUpload, type PlanUploadOptions } from "../../lib/client/plan_upload.ts";
import type { TransferPlan } from "../../lib/client/transfer_plan.ts";
import { uploadAll } from "../../lib/client/upload_all.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const onUnix = { ignore: Deno.build.os === "windows" };

/** A server that takes uploads, a client of it, and a folder of this machine. */
class Fixture implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;

  private constructor(
    readonly client: Client,
    readonly root: TempDir,
    readonly here: TempDir,
    stack: AsyncDisposableStack,
  ) {
    this.#stack = stack;
  }

  static async start(files: Record<string, string>, uploads = true): Promise<Fixture> {
    const stack = new AsyncDisposableStack();
    const server = stack.use(await startServer({ uploads }, files));
    const { client } = stack.use(await TestClient.connect(server.port, { protocol: 2 }));
    return new Fixture(client, server.root, stack.use(new TempDir()), stack);
  }

  /** The plan of a download, a line for each step, and that it has changed nothing. */
  async get(paths: string[], options: PlanDownloadOptions = {}): Promise<string[]> {
    const before = [stateOf(this.root), stateOf(this.here)];
    const directory = this.here.path;
    const plan = await planDownload(this.client, paths, { ...options, directory });
    assertEquals([stateOf(this.root), stateOf(this.here)], before);
    return linesOf(plan);
  }

  /** The same of an upload. */
  async put(paths: string[], options: PlanUploadOptions = {}): Promise<string[]> {
    const before = [stateOf(this.root), stateOf(this.here)];
    const files = paths.map((path) => this.here.join(path));
    const plan = await planUpload(this.client, files, options);
    assertEquals([stateOf(this.root), stateOf(this.here)], before);
    return linesOf(plan);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** Every path in a folder, with its size and its time. */
function stateOf(folder: TempDir, path = "", found: unknown[] = []): unknown[] {
  for (const name of folder.list(path)) {
    const child = path === "" ? name : `${path}/${name}`;
    const info = Deno.lstatSync(folder.join(child));
    found.push([child, info.size, info.mtime?.getTime()]);
    if (info.isDirectory) stateOf(folder, child, found);
  }
  return found;
}

function linesOf({ items, failures }: TransferPlan): string[] {
  return [
    ...items.map(({ action, path, type, reason }) =>
      `${action} ${path}${type === "folder" ? "/" : ""}${reason === null ? "" : ` ${reason}`}`
    ),
    ...failures.map(({ path, error }) => {
      const isKnown = error instanceof RequestError || error instanceof DiskError;
      return `${isKnown ? error.code : error} ${path}`;
    }),
  ];
}

Deno.test("planDownload: tells what is new, the same, replaced and in conflict, and changes nothing", async () => {
  const files = { "d/new": "1", "d/same": "22", "d/touched": "333", "d/other": "4", "d/size": "5" };
  await using fixture = await Fixture.start(files);
  const { client, here } = fixture;
  await downloadAll(client, ["d"], { directory: here.path });
  Deno.removeSync(here.join("d/new"));
  Deno.utimeSync(here.join("d/touched"), new Date(), new Date(0));
  here.write("d/other", "x");
  here.write("d/size", "xx");
  const steps = ["new d/new", "conflict d/other exists", "same d/same", "conflict d/size exists"];
  assertEquals(await fixture.get(["d"]), [...steps, "same d/touched"]);
  const replaced = steps.map((step) => step.replace(/^conflict (.*) exists$/, "replace $1"));
  assertEquals(await fixture.get(["d"], { replace: true }), [...replaced, "same d/touched"]);
});

Deno.test("planDownload: trusts size and time, and with checksum only the SHA-256", async () => {
  await using fixture = await Fixture.start({ "a": "12345" });
  const { client, here, root } = fixture;
  await downloadAll(client, ["a"], { directory: here.path });
  const mtime = Deno.statSync(root.join("a")).mtime!;
  here.write("a", "54321");
  Deno.utimeSync(here.join("a"), mtime, mtime);
  assertEquals(await fixture.get(["a"], { replace: true }), ["same a"]);
  assertEquals(await fixture.get(["a"], { replace: true, checksum: true }), ["replace a"]);
});

Deno.test("planDownload: finds what an earlier download has put beside its place", async () => {
  await using fixture = await Fixture.start({ "a.txt": "right" });
  fixture.here.write("a.txt", "other");
  fixture.here.write("a (1).txt", "wrong");
  assertEquals(await fixture.get(["a.txt"]), ["conflict a.txt exists"]);
  fixture.here.write("a (2).txt", "right");
  assertEquals(await fixture.get(["a.txt"]), ["same a.txt"]);
  assertEquals(await fixture.get(["a.txt"], { replace: true }), ["replace a.txt"]);
});

Deno.test("planDownload: tells what is excluded, in the way, put there twice, and missing", async () => {
  await using fixture = await Fixture.start({ "d/a.o": "1", "d/x/y": "2", "d/z": "3", "e/z": "4" });
  fixture.here.write("z/inside", "");
  fixture.here.write("d/x", "a file");
  assertEquals(await fixture.get(["d", "d/z", "e/z", "none"], { exclude: ["*.o"] }), [
    "skip d/a.o excluded",
    "new d/z",
    "conflict d/z exists",
    "conflict e/z exists",
    "not-found none",
    "is-a-file d/x",
    "is-a-file d/x/y",
  ]);
  assertEquals(await fixture.get(["d/z", "e/z"], { replace: true }), [
    "conflict d/z in-the-way",
    "conflict e/z same-command",
  ]);
  assertEquals(await fixture.get(["d"], { exclude: ["d"] }), ["skip d/ excluded", "not-found d"]);
});

Deno.test({
  name: "planDownload, planUpload: name once what several paths leave out",
  ...onUnix,
  fn: async () => {
    await using fixture = await Fixture.start({ "d/a": "1", "d/b.o": "2" });
    const { here, root } = fixture;
    Deno.symlinkSync("/", root.join("d/link"));
    const skipped = ["skip d/b.o excluded", "skip d/link link"];
    const lines = await fixture.get(["d", "d/*"], { exclude: ["*.o"] });
    assertEquals(lines.filter((line) => line.startsWith("skip")).sort(), skipped);
    here.write("d/b.o", "2");
    Deno.symlinkSync("/", here.join("d/link"));
    assertEquals(await fixture.put(["d", "d"], { exclude: ["*.o"] }), skipped);
  },
});

Deno.test("planUpload: refuses a file that the same command has put there, even if it is the same", async () => {
  await using fixture = await Fixture.start({ "a": "1" });
  fixture.here.write("a", "1");
  assertEquals(await fixture.put(["a", "a"]), ["same a", "conflict a same-command"]);
});

Deno.test("planUpload: tells what is new, the same, replaced and in conflict, and changes nothing", async () => {
  await using fixture = await Fixture.start({});
  const { client, here, root } = fixture;
  for (const name of ["same", "touched", "other", "size"]) here.write(`d/${name}`, name);
  await uploadAll(client, [here.join("d")], { to: "to" });
  here.write("d/new", "1");
  Deno.mkdirSync(here.join("d/sub"));
  Deno.utimeSync(here.join("d/touched"), new Date(), new Date(0));
  root.write("to/d/other", "x".repeat(5));
  root.write("to/d/size", "x");
  const steps = [
    "new to/d/new",
    "conflict to/d/other exists",
    "same to/d/same",
    "conflict to/d/size exists",
    "new to/d/sub/",
    "same to/d/touched",
  ];
  assertEquals(await fixture.put(["d"], { to: "to" }), steps);
  const replaced = steps.map((step) => step.replace(/^conflict (.*) exists$/, "replace $1"));
  assertEquals(await fixture.put(["d"], { to: "to", replace: true }), replaced);
  assertEquals(await fixture.put(["d/same", "d/new"], { to: "to/d" }), [
    "same to/d/same",
    "new to/d/new",
  ]);
  assertEquals(await fixture.put(["d/new"], { to: "not/there" }), ["new not/there/new"]);
});

Deno.test({
  name: "planUpload: tells what is left out, in the way, put there twice, and cannot be sent",
  ...onUnix,
  fn: async () => {
    await using fixture = await Fixture.start({ "d/sub": "a file", "d/file/x": "" });
    const { here } = fixture;
    for (const path of ["d/a.o", "d/sub/x", "d/file", "d/b\\c", "e/file"]) here.write(path, "1");
    Deno.symlinkSync("a.o", here.join("d/link"));
    const lines = await fixture.put(["d", "e/file", "d/file"], { exclude: ["*.o"] });
    assertEquals(lines.map((line) => line.replace(`${here.path}/`, "")), [
      "skip d/a.o excluded",
      "conflict d/file in-the-way",
      "skip d/link link-skipped",
      "conflict d/sub/ in-the-way",
      "conflict d/sub/x in-the-way",
      "new file",
      "conflict file same-command",
      "bad-path d/b\\c",
    ]);
  },
});

Deno.test("planUpload: fails as the upload would where the client may not write", async () => {
  await using fixture = await Fixture.start({ "there/x": "1" }, false);
  fixture.here.write("there/a", "1");
  fixture.here.write("x", "1");
  const path = fixture.here.path;
  assertEquals(await fixture.put(["there"]), [`denied ${path}/there`]);
  assertEquals(await fixture.put(["x"], { to: "there" }), [`denied ${path}/x`]);
  assertEquals(await fixture.put(["x"], { to: "not/there" }), [`denied ${path}/x`]);
});

Deno.test("planDownload, planUpload: throw for wrong arguments, and the reason of the signal", async () => {
  await using fixture = await Fixture.start({ "a": "1" });
  const { client } = fixture;
  await assertRejects(() => planDownload(client, [""]), TypeError);
  await assertRejects(() => planDownload(client, ["a"], { directory: "" }), TypeError);
  await assertRejects(() => planUpload(client, [""]), TypeError);
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => planDownload(client, ["a"], { signal }), RangeError, "enough");
  await assertRejects(() => planUpload(client, ["."], { signal }), RangeError, "enough");
});
