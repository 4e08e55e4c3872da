import { versionOf } from "../files/file_identity.ts";
import { entryOf, listFolder } from "../files/listing.ts";
import type { EntryType, ListedEntry } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { RequestOf } from "../protocol/requests.ts";
import { utf8Length } from "../protocol/text.ts";
import type { ClientIdentity } from "./client_identity.ts";
import type { ServerServices } from "./services.ts";
import { untilAborted } from "../transfer/until_aborted.ts";

/** Room in DONE for what stands round the entries. */
const ENVELOPE_BYTES = 8 * 1024;

/** Answers LIST: as many entries as fit into one frame. */
export async function answerList(
  { store, settings }: ServerServices,
  identity: ClientIdentity,
  { path, recursive, after }: RequestOf<"LIST">,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  if (!settings.files) throw new RequestError("unsupported");
  identity.checkList(path);
  const { realPath, info } = await store.lookUp(path);
  if (info.isFile) identity.checkRead(path);
  if (info.isFile) return { path, entries: after === null ? [entryOf(path, info)] : [] };
  if (!info.isDirectory) throw new RequestError("not-a-file");
  await store.checkListable(realPath);
  const isVisible = (entry: string, type: EntryType) =>
    type === "file" ? identity.mayRead(entry) : identity.mayList(entry);
  const entries: ListedEntry[] = [];
  let bytes = ENVELOPE_BYTES;
  for await (const entry of listFolder(store, path, { recursive, after, isVisible })) {
    signal.throwIfAborted();
    bytes += utf8Length(JSON.stringify(entry)) + 1;
    if (bytes > LIMITS.controlBytes) return { path, entries, more: true };
    entries.push(entry);
  }
  return { path, entries };
}

/** Answers STAT. The hash of a file is computed where it is not known. */
export async function answerStat(
  { store, hashes, settings }: ServerServices,
  identity: ClientIdentity,
  { path }: RequestOf<"STAT">,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  if (!settings.files) throw new RequestError("unsupported");
  identity.checkList(path);
  const { info } = await store.lookUp(path);
  if (!info.isDirectory) identity.checkRead(path);
  if (info.isDirectory) return { ...entryOf(path, info), version: null, sha256: null };
  const file = await store.find(path);
  await store.checkReadable(file);
  const sha256 = await untilAborted(hashes.get(file), signal);
  return { ...entryOf(path, info), version: versionOf(file.identity), sha256 };
}

/** Answers MKDR. */
export async function answerMakeFolder(
  { uploads, settings }: ServerServices,
  identity: ClientIdentity,
  { path }: RequestOf<"MKDR">,
): Promise<Record<string, unknown>> {
  if (!settings.files) throw new RequestError("unsupported");
  identity.checkWrite(path, false);
  await uploads.makeFolder(path);
  return { path };
}
