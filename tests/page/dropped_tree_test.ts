/// <reference lib="dom" />
import { assertEquals, assertRejects } from "@std/assert";
import type { PageModel, Transfer } from "../../lib/page/model/page_model.ts";
import type { LaterTransfers } from "../../lib/page/state/later_transfers.ts";
import {
  filesOfDrop,
  type FoundFile,
  type FoundTree,
} from "../../lib/page/transfer/found_files.ts";
import { takeDrop } from "../../lib/page/transfer/take_drop.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { PageFixture, until } from "../helpers/page_fixture.ts";

/** What was dropped: files, and folders without any. */
function treeOf(files: readonly FoundFile[], ...emptyFolders: string[]): FoundTree {
  return {
    files: (async function* () {
      yield await Promise.resolve(files);
    })(),
    emptyFolders,
    unread: [],
  };
}

const emptyTree = (...folders: string[]) => treeOf([], ...folders);

const transfersOf = (page: PageModel) => (page.transfers as LaterTransfers).ready;

const kinds = (fixture: PageFixture, paths: readonly string[]) =>
  paths.map((path) => Deno.statSync(fixture.server.root.join(path)).isDirectory);

const statesOf = (rows: readonly Transfer[]) =>
  Object.fromEntries(rows.map(({ path, state }) => [path, state.value]));

async function loseConnection(fixture: PageFixture, page: PageModel): Promise<void> {
  fixture.proxy.cutAll("reset");
  await until(() => page.connection.value.kind !== "open", "the loss");
}

Deno.test("sendTree: makes empty folders once the connection is back, and shows them until then", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  await loseConnection(fixture, page);
  await transfers.sendTree(emptyTree("a/b", "c"), "in");
  assertEquals(statesOf(transfers.list.value), { "in/a/b": "offline", "in/c": "offline" });
  page.reconnect();
  await until(() => transfers.list.value.length === 0, "the folders");
  assertEquals(kinds(fixture, ["in/a/b", "in/c"]), [true, true]);
  assertEquals(fixture.jobs.jobs.size, 0);
});

Deno.test("sendTree: makes the other folders when one is refused, and tells of that one", async () => {
  await using fixture = await PageFixture.start({ uploads: true }, { file: "" });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  await transfers.sendTree(emptyTree("file", "c"), "");
  const [row] = transfers.list.value.filter(({ path }) => path === "file");
  await until(() => row?.state.value === "failed", "the refusal");
  await until(() => transfers.list.value.length === 1, "the other folder");
  assertEquals([row?.error.value instanceof RequestError, kinds(fixture, ["c"])], [true, [true]]);
});

Deno.test("sendTree: makes empty folders after a reload that came before the connection", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  await loseConnection(fixture, page);
  await transfers.sendTree(emptyTree("a", "b"), "");
  fixture.close();
  const reloaded = await transfersOf(await fixture.open());
  const isDone = () => reloaded.list.value.length === 0 && fixture.jobs.jobs.size === 0;
  await until(isDone, "the folders");
  assertEquals(kinds(fixture, ["a", "b"]), [true, true]);
});

Deno.test("sendTree: a folder that was cancelled is not made", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  await loseConnection(fixture, page);
  await transfers.sendTree(emptyTree("a", "b"), "");
  transfers.cancel(transfers.list.value.find(({ path }) => path === "b")!.id);
  page.reconnect();
  await until(() => transfers.list.value.length === 0, "the folder");
  assertEquals([...Deno.readDirSync(fixture.server.root.path)].map(({ name }) => name), ["a"]);
});

Deno.test("sendTree: asks for a file that cannot be opened, and sends the others", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  const found = (path: string, file: File | null) => ({ path, file, handle: null, inner: "" });
  await transfers.sendTree(
    treeOf([found("d/locked.txt", null), found("d/a.txt", new File(["a"], "a.txt"))]),
    "",
  );
  const states = () => statesOf(transfers.list.value);
  await until(() => states()["d/a.txt"] === "verified", "the other file");
  await until(() => states()["d/locked.txt"] === "needs-file", "the question");
  const { id } = transfers.list.value.find(({ path }) => path === "d/locked.txt")!;
  await transfers.giveFile(id, new File(["content"], "locked.txt"));
  await until(() => states()["d/locked.txt"] === "verified", "the file");
  assertEquals(Deno.readTextFileSync(fixture.server.root.join("d/locked.txt")), "content");
});

/** An entry of a drop; children of `null` cannot be read, and neither a content of `null`. */
function entryOf(
  fullPath: string,
  content: string | null | readonly (readonly unknown[] | null)[],
) {
  if (content === null || typeof content === "string") {
    return {
      isFile: true,
      fullPath,
      file: (resolve: (file: File) => void, reject: (error: unknown) => void) =>
        content === null ? reject(new DOMException("", "NotReadableError")) : resolve(
          new File([content], fullPath.split("/").at(-1) ?? ""),
        ),
    };
  }
  const parts = [...content];
  return {
    isFile: false,
    fullPath,
    createReader: () => ({
      readEntries(resolve: (part: unknown) => void, reject: (error: unknown) => void) {
        const part = parts.shift();
        if (part === null) reject(new DOMException("no", "NotReadableError"));
        else resolve(part ?? []);
      },
    }),
  };
}

Deno.test("filesOfDrop: goes on behind files and folders that cannot be read, and tells of each", async () => {
  const top = entryOf("/d", [
    [entryOf("/d/a", "a"), entryOf("/d/locked", null), entryOf("/d/closed", [null])],
    [entryOf("/d/empty", []), entryOf("/d/z", "z")],
  ]);
  const items = [{ webkitGetAsEntry: () => top }];
  const hadSecure = globalThis.isSecureContext;
  Object.assign(globalThis, { isSecureContext: false });
  try {
    const tree = filesOfDrop(takeDrop({ items } as unknown as DataTransfer));
    const found: [string, boolean][] = [];
    for await (const files of tree.files) {
      found.push(...files.map(({ path, file }): [string, boolean] => [path, file !== null]));
    }
    assertEquals(found, [["d/a", true], ["d/locked", false], ["d/z", true]]);
    assertEquals(tree.emptyFolders, ["d/empty"]);
    assertEquals(tree.unread.map((error) => (error as DOMException).name), ["NotReadableError"]);
  } finally {
    Object.assign(globalThis, { isSecureContext: hadSecure });
  }
});

Deno.test("sendTree: tells that a folder could not be read once the rest is sent", async () => {
  await using fixture = await PageFixture.start({ uploads: true });
  const page = await fixture.open();
  const transfers = await transfersOf(page);
  const failure = new DOMException("no", "NotReadableError");
  const tree = { ...emptyTree("a"), unread: [failure] };
  await assertRejects(() => transfers.sendTree(tree, ""), DOMException, "no");
  await until(() => transfers.list.value.length === 0, "the folder");
  assertEquals(kinds(fixture, ["a"]), [true]);
});
