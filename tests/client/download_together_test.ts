/** downloadAll fetches small files together. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { downloadAll } from "../../lib/client/download_all.ts";
import type { TransferAllResult } from "../../lib/client/batch.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { dataFrames, type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  Protocol2ScriptedServer,
  SERVER_HELLO,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const OLD = new Date(1_700_000_000_000);

async function startWith(files: Record<string, string>): Promise<TestServer> {
  const server = await startServer({}, files);
  for (const path of Object.keys(files)) Deno.utimeSync(server.root.join(path), OLD, OLD);
  return server;
}

async function fetchAll(
  port: number,
  directory: string,
  options: { replace?: boolean; paths?: string[] } = {},
): Promise<TransferAllResult> {
  const { paths = ["in"], replace = false } = options;
  await using client = await connect({ hostname: "127.0.0.1", port });
  return await downloadAll(client, paths, { directory, replace });
}

/** By path: where it is, and whether it was there before. */
function placesOf({ files }: TransferAllResult, directory: string): Record<string, unknown> {
  const entries = files.map(({ path, file, skipped }) => [
    path,
    [file.slice(directory.length + 1), skipped],
  ]);
  return Object.fromEntries(entries.toSorted());
}

const FILES = { "in/a": "aa", "in/b": "", "in/c/d": "dd", "in/large": "x".repeat(70_000) };

Deno.test("downloadAll: fetches small files together, and large ones on their own", async () => {
  await using server = await startWith(FILES);
  using local = new TempDir();
  const { path: directory } = local;
  const result = await fetchAll(server.port, directory);
  assertEquals([result.failures, result.omitted.count], [[], 0]);
  for (const { path, file, sizeBytes, sha256, resumedFrom } of result.files) {
    const content = FILES[path as keyof typeof FILES];
    assertEquals([sizeBytes, sha256, resumedFrom], [content.length, sha256Of(content), 0]);
    assertEquals(Deno.readTextFileSync(file), content);
    assertEquals(Deno.statSync(file).mtime, OLD);
  }
  assertEquals(result.files.length, 4);
  assertEquals([local.list(), local.list("in"), local.list("in/c")], [["in"], [
    "a",
    "b",
    "c",
    "large",
  ], ["d"]]);
});

Deno.test("downloadAll: leaves small files alone that are here, by their SHA-256", async () => {
  await using server = await startWith({ "in/a": "aa", "in/b": "bb", "in/c": "cc" });
  using local = new TempDir();
  const { path: directory } = local;
  local.write("in/a", "aa");
  local.write("in/b", "xx");
  local.write("in/b (1)", "bb");
  local.write("in/c", "longer");
  const first = await fetchAll(server.port, directory);
  assertEquals(placesOf(first, directory), {
    "in/a": ["in/a", true],
    "in/b": ["in/b (1)", true],
    "in/c": ["in/c (1)", false],
  });
  const again = await fetchAll(server.port, directory);
  assertEquals(again.files.map(({ skipped }) => skipped), [true, true, true]);
  const downloads = server.eventsOf("download").length;
  const replaced = await fetchAll(server.port, directory, { replace: true });
  assertEquals(placesOf(replaced, directory), {
    "in/a": ["in/a", true],
    "in/b": ["in/b", false],
    "in/c": ["in/c", false],
  });
  assertEquals(server.eventsOf("download").length, downloads + 2);
  assertEquals(local.list("in"), ["a", "b", "b (1)", "c", "c (1)"]);
});

Deno.test("downloadAll: removes what a killed batch has left, where all is here already", async () => {
  await using server = await startWith({ "in/a": "aa", "in/b": "bb" });
  using local = new TempDir();
  for (const name of ["a", "b"]) local.write(`in/${name}`, name + name);
  local.write(".tcp-chat/1.batch", "left");
  const { files } = await fetchAll(server.port, local.path);
  assertEquals(files.map(({ skipped }) => skipped), [true, true]);
  assertEquals(local.list(), ["in"]);
});

Deno.test("downloadAll: finds a small file that changed after it was listed under its number", async () => {
  await using server = await startWith({ "in/a": "aa", "in/b": "bb" });
  using local = new TempDir();
  local.write("in/a", "other");
  local.write("in/a (1)", "third");
  for (const sizes of [["in/a (2)", false], ["in/a (2)", true]]) {
    const result = await fetchAll(server.port, local.path);
    assertEquals(placesOf(result, local.path)["in/a"], sizes);
  }
});

Deno.test("downloadAll: replaces no small file that it made itself, through a link", async () => {
  if (Deno.build.os === "windows") return;
  await using server = await startWith({ "in/a/x": "1", "in/b/x": "2", "in/c/x": "3" });
  using local = new TempDir();
  Deno.mkdirSync(local.join("in/a"), { recursive: true });
  Deno.symlinkSync("a", local.join("in/b"));
  const { files, failures } = await fetchAll(server.port, local.path, { replace: true });
  assertEquals(files.map(({ path }) => path), ["in/a/x", "in/c/x"]);
  const [failure] = failures;
  assertInstanceOf(failure?.error, RequestError);
  assertEquals([failure.path, failure.error.reason], ["in/b/x", "same-command"]);
  assertEquals(Deno.readTextFileSync(local.join("in/a/x")), "1");
});

Deno.test("downloadAll: tells the failures of small files in the order of asking", async () => {
  await using server = await startWith({ "in/a": "a", "in/b": "b", "in/c": "c" });
  using local = new TempDir();
  for (const name of ["a", "c"]) local.write(`in/${name}/in-the-way`, "");
  const { files, failures } = await fetchAll(server.port, local.path);
  assertEquals(placesOf({ files, failures, omitted: { count: 0, paths: [] } }, local.path), {
    "in/a": ["in/a (1)", false],
    "in/b": ["in/b", false],
    "in/c": ["in/c (1)", false],
  });
  assertEquals(failures, []);
});

/** Answers LIST with small files, and then what `answer` does with MGET; FGET as it should. */
async function withServer(
  features: string[],
  answer: (peer: Protocol2Peer, request: Json) => Promise<void>,
  check: (port: number, asked: string[], local: TempDir) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const entries = ["in/a", "in/b"].map((path) => ({ path, type: "file", size: 1, mtime: 0 }));
  const withSums = entries.map((entry) => ({ ...entry, sha256: sha256Of("x") }));
  await using server = new Protocol2ScriptedServer({
    hello: { features: [...SERVER_HELLO.features as string[], ...features] },
    main: async (peer) => {
      for (let next = await peer.read(); next !== null; next = await peer.read()) {
        const { type, json: { id, path, sums } } = next;
        if (sums === true) asked.push(`LIST ${path} with sums`);
        const listed = sums === true ? withSums : entries;
        if (type === "LIST") await peer.send("DONE", { id, path, entries: listed });
        if (type === "STAT") await peer.send("FAIL", { id, code: "denied", message: "no" });
        if (type === "QUIT") return;
      }
    },
    data: async (peer) => {
      for (let next = await peer.read(); next !== null; next = await peer.read()) {
        if (next.type === "QUIT") return;
        const { path, names = "" } = next.json;
        asked.push(`${next.type} ${path} ${names}`.replaceAll("\n", " ").trim());
        if (next.type === "MGET") await answer(peer, next.json);
        if (next.type === "FGET") await peer.raw.send(...goodFile("x", next.json));
      }
    },
  });
  using local = new TempDir();
  await check(server.port, asked, local);
}

/** A whole answer, with what is changed of MMET. */
function batch({ id }: Json, contents: readonly string[], changes: Json = {}): Uint8Array[] {
  const head = {
    id,
    sizes: contents.map(({ length }) => length),
    mtimes: contents.map(() => 0),
    sha256: contents.map(sha256Of).join(""),
    ...changes,
  };
  return [jsonFrame("MMET", head), ...dataFrames(contents.join("")), jsonFrame("FEND", { id })];
}

Deno.test("downloadAll: asks for hashes where something is here, and leaves what has the listed one", async () => {
  const listing = "LIST in with sums";
  const cases: Array<[here: Record<string, string>, asked: string[], skipped: boolean[]]> = [
    [{}, ["MGET in a b"], [false, false]],
    [{ "other/a": "x" }, ["MGET in a b"], [false, false]],
    [{ "in/a": "x", "in/b": "x" }, [listing], [true, true]],
    [{ "in/a": "y", "in/b": "x" }, [listing, "MGET in a"], [false, true]],
    [{ "in/a": "longer" }, [listing, "MGET in a b"], [false, false]],
  ];
  const answer = async (peer: Protocol2Peer, request: Json) => {
    const names = String(request.names).split("\n");
    await peer.raw.send(...batch(request, names.map(() => "x")));
  };
  for (const [here, wanted, skipped] of cases) {
    await withServer(["batch", "sums"], answer, async (port, asked, local) => {
      for (const [path, content] of Object.entries(here)) local.write(path, content);
      const { files, failures } = await fetchAll(port, local.path);
      assertEquals([asked, failures], [wanted, []]);
      const places = files.toSorted((a, b) => a.path < b.path ? -1 : 1);
      assertEquals(places.map((file) => file.skipped), skipped);
      for (const { file } of files) assertEquals(Deno.readTextFileSync(file), "x");
    });
  }
});

Deno.test("downloadAll: looks again at what was looked at during the listing, where it replaces", async () => {
  const answer = (peer: Protocol2Peer, request: Json) => peer.raw.send(...batch(request, ["x"]));
  await withServer(["batch", "sums"], answer, async (port, asked, local) => {
    local.write("in/a", "y");
    local.write("in/b", "x");
    const { files } = await fetchAll(port, local.path, { replace: true });
    assertEquals(asked, ["LIST in with sums", "MGET in a"]);
    const skipped = Object.fromEntries(files.map((file) => [file.path, file.skipped]));
    assertEquals(skipped, { "in/a": false, "in/b": true });
    assertEquals(local.list("in"), ["a", "b"]);
  });
});

Deno.test("downloadAll: asks an old server for each small file", async () => {
  await withServer([], untilQuit, async (port, asked, local) => {
    const { files } = await fetchAll(port, local.path);
    assertEquals([files.length, asked.slice(0, 2)], [2, ["FGET in/a", "FGET in/b"]]);
  });
});

Deno.test("downloadAll: asks for each small file on its own where the server refuses the batch", async () => {
  for (const code of ["denied", "bad-request", "unknown"]) {
    const refuse = (peer: Protocol2Peer, { id }: Json) =>
      peer.send("FAIL", { id, code, message: "no" });
    await withServer(["batch"], refuse, async (port, asked, local) => {
      const { files } = await fetchAll(port, local.path);
      assertEquals([files.length, asked.slice(0, 3)], [2, [
        "MGET in a b",
        "FGET in/a",
        "FGET in/b",
      ]]);
    });
  }
});

Deno.test("downloadAll: stores no small file whose SHA-256 is wrong, and the others", async () => {
  const lie = (peer: Protocol2Peer, request: Json) =>
    peer.raw.send(...batch(request, ["y", "x"], { sha256: sha256Of("z") + sha256Of("x") }));
  await withServer(["batch"], lie, async (port, asked, local) => {
    const { files, failures } = await fetchAll(port, local.path);
    assertEquals(files.map(({ path }) => path), ["in/b"]);
    const [failure] = failures;
    assertInstanceOf(failure?.error, RequestError);
    assertEquals([failure.path, failure.error.code], ["in/a", "integrity"]);
    assertEquals([asked.slice(0, 1), local.list("in")], [["MGET in a b"], ["b"]]);
  });
});

Deno.test("downloadAll: ends the connection for a batch that breaks the rules", async () => {
  const lies: Array<(request: Json) => Uint8Array[]> = [
    (request) => batch(request, ["x", "x"], { sizes: [1, 2] }), // FEND too early
    (request) => batch(request, ["x", "x"], { sizes: [1, 0] }), // Too many data
    (request) => batch(request, ["x"]), // Tells of one file only
    (request) => batch(request, ["x", "x"], { same: [0] }),
    ({ id }) => [jsonFrame("FEND", { id })],
    ({ id }) => [jsonFrame("FMET", { id, size: 1, mtime: 0, version: "v", offset: 0 })],
  ];
  for (const lie of lies) {
    const send = (peer: Protocol2Peer, request: Json) => peer.raw.send(...lie(request));
    await withServer(["batch"], send, async (port, _asked, local) => {
      const { files, failures } = await fetchAll(port, local.path);
      assertEquals([files.length, failures.length], [0, 2]);
      assertEquals(local.list("in"), []);
    });
  }
});

Deno.test("downloadAll: does not believe that a file is the same which is not here", async () => {
  const lie = (peer: Protocol2Peer, request: Json) =>
    peer.raw.send(...batch(request, [], { same: [0, 1] }));
  await withServer(["batch"], lie, async (port, asked, local) => {
    const { files } = await fetchAll(port, local.path);
    assertEquals(files.map(({ skipped }) => skipped), [false, false]);
    assert(asked.includes("FGET in/a") && asked.includes("FGET in/b"));
  });
});
