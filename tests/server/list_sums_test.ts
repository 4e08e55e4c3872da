/** LIST with `sums`: the hashes that the server knows without reading a file. */
import { assertEquals } from "@std/assert";
import { sha256Of } from "../helpers/bytes.ts";
import { dataFrames, type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { until } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";

const OLD = new Date(1_700_000_000_000);

/** The hash that LIST tells of each file; `undefined` for none. */
async function sumsOf(peer: Protocol2Peer, fields: Json): Promise<Record<string, unknown>> {
  const { entries } = await peer.request("LIST", { ...fields, recursive: true });
  return Object.fromEntries((entries as Json[]).map(({ path, sha256 }) => [path, sha256]));
}

async function startWith(files: Record<string, string>) {
  const server = await startServer({ uploads: true }, files);
  for (const path of Object.keys(files)) Deno.utimeSync(server.root.join(path), OLD, OLD);
  return server;
}

Deno.test("LIST sums: tells the hashes that are known, of files only, where they are asked for", async () => {
  using _later = new ShiftedClock();
  await using server = await startWith({ "f/a": "a", "f/b": "b", "f/empty": "" });
  using peer = await Protocol2Peer.connect(server.port);
  const before = { "f": undefined, "f/a": undefined, "f/b": undefined };
  const empty = { "f/empty": sha256Of("") };
  assertEquals(await sumsOf(peer, { path: "", sums: true }), { ...before, ...empty });
  await peer.request("STAT", { path: "f/a" });
  const known = { ...before, "f/a": sha256Of("a"), ...empty };
  assertEquals(await sumsOf(peer, { path: "", sums: true }), known);
  assertEquals(await sumsOf(peer, { path: "f/a", sums: true }), { "f/a": sha256Of("a") });
  assertEquals(await sumsOf(peer, { path: "f/a" }), { "f/a": undefined });
  assertEquals(await sumsOf(peer, { path: "" }), { ...before, "f/empty": undefined });
});

Deno.test("LIST sums: tells no hash of a file that has changed since", async () => {
  using _later = new ShiftedClock();
  await using server = await startWith({ "f/a": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.request("STAT", { path: "f/a" });
  server.root.write("f/a", "b");
  assertEquals(await sumsOf(peer, { path: "f", sums: true }), { "f/a": undefined });
});

Deno.test("LIST sums: knows what a batch has read and what a batch has stored", async () => {
  using _later = new ShiftedClock();
  await using server = await startWith({ "f/a": "a", "f/b": "b", "f/c": "c" });
  using peer = await Protocol2Peer.connect(server.port);
  const have = `${sha256Of("a")}\n\n${sha256Of("other")}`;
  await peer.ask("MGET", { path: "f", names: "a\nb\nc", have });
  await peer.expect("MMET");
  await peer.expect("FDAT");
  await peer.expect("FEND");
  const id = await peer.ask("MPUT", {
    path: "f",
    names: "d",
    sizes: [1],
    mtimes: [OLD.getTime()],
    sha256: sha256Of("d"),
  });
  await peer.raw.send(...dataFrames("d"));
  await peer.send("FEND", { id });
  await peer.expect("DONE");
  const wanted = ["a", "b", "c", "d"].map((name) => [`f/${name}`, sha256Of(name)]);
  await until(async () => {
    const sums = await sumsOf(peer, { path: "f", sums: true });
    return JSON.stringify(Object.entries(sums)) === JSON.stringify(wanted);
  }, "the hashes to be stored");
});

Deno.test({
  name: "LIST sums: tells the hash of what a link leads to",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using _later = new ShiftedClock();
    await using server = await startWith({ "f/a": "a" });
    Deno.symlinkSync("a", server.root.join("f/link"));
    using peer = await Protocol2Peer.connect(server.port);
    await peer.request("STAT", { path: "f/a" });
    const sha256 = sha256Of("a");
    assertEquals(await sumsOf(peer, { path: "f", sums: true }), {
      "f/a": sha256,
      "f/link": sha256,
    });
  },
});
