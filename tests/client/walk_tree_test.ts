import { assert, assertEquals, assertRejects } from "@std/assert";
import { walkTrees } from "../../lib/client/walk_tree.ts";
import { type FoundItem, walkLocal } from "../../lib/files/local_tree.ts";
import { DiskError } from "../../lib/files/disk_error.ts";
import type { OwnPlaces } from "../../lib/files/served_folder.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FileWorker } from "../../lib/worker/file_worker.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const OWN: OwnPlaces = { ownPaths: [], ownFolders: new Set(), ownFiles: new Map() };
const NEVER = new AbortController().signal;

async function walked(paths: readonly string[], signal = NEVER) {
  const worker = new FileWorker();
  try {
    const options = { own: OWN, exclude: ["*.o"] };
    return await walkTrees(worker, { paths, remoteFolder: "to", options }, { signal });
  } finally {
    worker.terminate();
  }
}

/** An item with the code of its error in place of it, which is another object in each thread. */
function comparable(item: FoundItem) {
  if (item.type !== "unsendable") return item;
  const { error } = item;
  assert(error instanceof RequestError || error instanceof DiskError, String(error));
  return { ...item, error: [error.name, error.code] };
}

Deno.test("walkTrees: finds in a thread what walkLocal finds, of each path", async () => {
  using temp = new TempDir();
  for (const path of ["f/a", "f/x.o", "f/sub/ç", "f/sub/b", "single"]) temp.write(path, path);
  if (Deno.build.os !== "windows") {
    temp.write("f/a\\b", "");
    Deno.symlinkSync("/etc", temp.join("f/elsewhere"));
  }
  const paths = ["f", "single", "missing", "f/x.o"].map((name) => temp.join(name));
  const expected = paths.map((path) => [
    ...walkLocal(path, "to", { own: OWN, exclude: ["*.o"] }),
  ]);
  const found = await walked(paths);
  assertEquals(
    found.map((items) => items.map(comparable)),
    expected.map((items) => items.map(comparable)),
  );
});

Deno.test("walkTrees: tells what each path is before all is found that is below", async () => {
  using temp = new TempDir();
  for (let i = 0; i < 1_500; i++) temp.write(`many/f${i}`, "");
  temp.write("single", "");
  const worker = new FileWorker();
  let calls = 0;
  const { call } = worker;
  worker.call = function (name, ...rest) {
    if (name === "nextItems") calls++;
    return call.call(this, name, ...rest) as ReturnType<typeof call<typeof name>>;
  };
  const tops: [type: string, path: string, calls: number][] = [];
  const onTop = ({ type, remotePath }: FoundItem) => void tops.push([type, remotePath, calls]);
  try {
    const paths = ["many", "single"].map((name) => temp.join(name));
    const options = { own: OWN };
    await walkTrees(worker, { paths, remoteFolder: "", options }, { signal: NEVER, onTop });
  } finally {
    worker.terminate();
  }
  assertEquals(tops[0], ["folder", "many", 2], "the calls that are under way");
  assertEquals(tops.slice(1).map(([type, path]) => [type, path]), [["file", "single"]]);
  assert(calls > 2, `${calls} calls`);
});

Deno.test("walkTrees: leaves out nothing of a folder that takes several calls", async () => {
  using temp = new TempDir();
  const names = Array.from({ length: 2_500 }, (_, i) => `f${String(i).padStart(4, "0")}`);
  for (const name of names) temp.write(`many/${name}`, "");
  const [items = []] = await walked([temp.join("many")]);
  assertEquals(items.map(({ remotePath }) => remotePath), [
    "to/many",
    ...names.map((name) => `to/many/${name}`),
  ]);
  assert(items.slice(1).every((item) => "within" in item && item.within !== undefined));
});

Deno.test("walkTrees: ends with the reason of its signal", async () => {
  using temp = new TempDir();
  temp.write("f/a", "");
  const reason = new Error("enough");
  const error = await assertRejects(() => walked([temp.join("f")], AbortSignal.abort(reason)));
  assertEquals(error, reason);
});
