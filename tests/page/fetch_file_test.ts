/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import type { DownloadReceiver } from "../../lib/client/download_receiver.ts";
import { fetchFile } from "../../lib/page/transfer/fetch_file.ts";
import type { Link } from "../../lib/page/transfer/link.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { HashWorkers } from "../helpers/hash_workers.ts";

const MIB = 1024 * 1024;

Deno.test("fetchFile: an attempt that ended while its worker started touches nothing of the next", async () => {
  const bytes = patternedBytes(40 * MIB);
  const head = { size: bytes.length, mtime: 0, offset: 0, sha256: sha256Of(bytes) };
  const workers = new HashWorkers();
  const isLate = Promise.withResolvers<void>();
  workers.onStart = () => workers.started === 1 ? isLate.promise : Promise.resolve();
  const serve = async (receiver: DownloadReceiver) => {
    receiver.onHead({ ...head, version: "2" });
    for (let at = 0; at < bytes.length; at += MIB) {
      if (at === 20 * MIB) {
        isLate.resolve();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await receiver.onData(bytes.slice(at, at + MIB));
    }
    receiver.onEnd(head.sha256);
  };
  let attempts = 0;
  const download = (_: object, receiver: DownloadReceiver) => {
    receiver.onRequested(() => {}, ++attempts);
    if (attempts > 1) return void serve(receiver);
    receiver.onHead({ ...head, version: "1" });
    receiver.onFail(new RequestError("changed"));
  };
  const link = {
    protocol: { hello: { features: [] }, download },
    connection: { context: { connection: { reader: { recycle() {} } } } },
    startHashWorker: () => workers.start(),
  } as unknown as Link;
  const job = {
    kind: "download",
    path: "a",
    size: bytes.length,
    target: { kind: "memory" },
  } as const;
  const control = { signal: new AbortController().signal, onProgress() {} };
  const got = await within(fetchFile(link, job, control), "the file");
  assertEquals(got.sha256, head.sha256);
  assertEquals(sha256Of(new Uint8Array(await got.blob!.arrayBuffer())), head.sha256);
  assertEquals([attempts, workers.started, workers.running], [2, 2, 0]);
});
