import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import type { SessionContext } from "../../lib/server/context/session_context.ts";
import { UploadLocks } from "../../lib/server/context/upload_locks.ts";
import { CataloguePut } from "../../lib/server/transfers/catalogue_uploads.ts";
import { storeCatalogued } from "../../lib/server/transfers/store_catalogued.ts";
import type { Catalogue } from "../../lib/transfer/catalogue.ts";
import type { FileSink } from "../../lib/transfer/file_sink.ts";
import type { UploadBatch } from "../../lib/worker/batch_jobs.ts";
import type { FileWorker } from "../../lib/worker/file_worker.ts";

const SHA256 = "00".repeat(32);
const STAMP = { sizeBytes: 3, modifiedMs: 1, changedMs: 1, inode: 1 };
const UNKNOWN = new RequestError("busy", undefined, { reason: "outcome-unknown" });

/** What a catalogue that answers each put with an error was asked for. @param onPut called before that */
function catalogueOf(error: RequestError, onPut = () => {}) {
  const calls: string[] = [];
  const called = (name: string) => () => Promise.resolve(void calls.push(name));
  const catalogue = {
    rows: { find: () => null, place: () => ({ row: null }) },
    put: () => {
      onPut();
      return Promise.reject(error);
    },
    clear: called("clear"),
    stored: called("stored"),
    mendSoon: called("mendSoon"),
    held: { placeOf: (path: string) => path },
  } as unknown as Catalogue;
  return { catalogue, calls };
}

/** How an upload ends. @param link the id of the link that it comes by */
async function finish(error: RequestError, link: string | null = null) {
  const { catalogue, calls } = catalogueOf(error);
  const sink = {
    finishAgreed: async (_sha256: string, agree: (verified: typeof STAMP) => Promise<void>) => {
      await agree(STAMP);
      calls.push("named");
      return { path: "/a", stamp: STAMP };
    },
  } as unknown as FileSink;
  const request = { path: "a", replace: false } as ConstructorParameters<typeof CataloguePut>[1];
  const put = new CataloguePut(catalogue, request, {
    isExecutable: false,
    link: { id: link, room: null },
  });
  const { reason } = await assertRejects(() => put.finish(sink, SHA256), RequestError);
  return { reason, isAgreed: put.isAgreed, calls };
}

Deno.test("CataloguePut.finish: keeps the file where it is not known whether the catalogue has it", async () => {
  assertEquals(await finish(UNKNOWN), {
    reason: "outcome-unknown",
    isAgreed: true,
    calls: ["named", "mendSoon"],
  });
  const refused = await finish(new RequestError("exists"));
  assertEquals([refused.isAgreed, refused.calls], [false, []]);
});

Deno.test("CataloguePut.finish: gives a file of a link no name before it is known that the link takes it", async () => {
  assertEquals(await finish(UNKNOWN, "abcdefgh"), {
    reason: "outcome-unknown",
    isAgreed: true,
    calls: ["mendSoon"],
  });
});

const BATCH_OF_ONE = {
  paths: ["a"],
  sizes: [3],
  mtimes: [1],
  exec: [],
  sha256: SHA256,
  readable: [false],
  content: new Uint8Array(3),
} as unknown as UploadBatch;

Deno.test("storeCatalogued: notes a file in the state in which it was stored", async () => {
  for (const stamp of [STAMP, null]) {
    const noted: unknown[] = [];
    const catalogue = {
      rows: { find: () => null, place: () => ({ row: null }) },
      put: () => Promise.resolve(),
      stored: (...args: unknown[]) => Promise.resolve(void noted.push(args)),
      held: { placeOf: (path: string) => path },
    } as unknown as Catalogue;
    const context = {
      services: { store: { folder: {} }, uploadLocks: new UploadLocks() },
      identity: { owner: {}, link: null },
    } as unknown as SessionContext;
    const found = { results: [stamp === null ? "same" : "stored"], stamps: [stamp], folders: [] };
    const worker = { call: () => Promise.resolve(found) } as unknown as FileWorker;
    await storeCatalogued(context, { catalogue, worker, rooms: [null] }, BATCH_OF_ONE);
    assertEquals(noted, [["a", SHA256, stamp ?? undefined]]);
  }
});

Deno.test("storeCatalogued: removes what the catalogue refuses, not what it may have, and names nothing that a link may not take", async () => {
  const refused = new RequestError("exists");
  const cases = [
    { error: UNKNOWN, link: null, jobs: [], bases: [] },
    {
      error: UNKNOWN,
      link: { link: { id: "abcdefgh" } },
      jobs: ["takeNameBack a"],
      bases: ["/in"],
    },
    { error: refused, link: null, jobs: ["removeEntry a"], bases: [] },
    { error: refused, link: { link: { id: "abcdefgh" } }, jobs: ["removeEntry a"], bases: [] },
  ];
  for (const { error, link, jobs, bases } of cases) {
    const uploadLocks = new UploadLocks();
    const inUse: boolean[] = [];
    const look = () => void inUse.push(uploadLocks.isInUse("a"));
    const { catalogue, calls } = catalogueOf(error, look);
    const done: string[] = [];
    const lookUp = (job: string, args: readonly unknown[]) => {
      look();
      done.push(`${job} ${args.includes("a") ? "a" : ""}`);
      return Promise.resolve(job === "takeNameBack" ? "/in" : null);
    };
    const context = {
      services: { pool: { lookUp }, store: { folder: {} }, uploadLocks },
      identity: { owner: {}, link },
    } as unknown as SessionContext;
    const found = { results: ["stored"], stamps: [STAMP], folders: [] };
    const worker = { call: () => Promise.resolve(found) } as unknown as FileWorker;
    const storage = { catalogue, worker, rooms: [null] };
    const { results, folders } = await storeCatalogued(context, storage, BATCH_OF_ONE);
    assertEquals([results, done, folders], [[null], jobs, bases]);
    assertEquals(calls, bases.map(() => "mendSoon"));
    look();
    assertEquals(inUse, [true, ...jobs.map(() => true), false]); // The look at the folder leaves it alone
  }
});
