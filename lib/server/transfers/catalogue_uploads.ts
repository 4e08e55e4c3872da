import { join } from "../../files/path.ts";
import type { Reservation } from "../../accounts/link_store.ts";
import type { CommitResult } from "../../files/part_file.ts";
import type { UploadPlace } from "../../files/upload_store.ts";
import { isOutcomeUnknown, RequestError } from "../../protocol/errors.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { UploadRequest } from "../../protocol/upload_request.ts";
import type { Catalogue } from "../../transfer/catalogue.ts";
import type { FileSink } from "../../transfer/file_sink.ts";
import { resolveFor } from "../context/path_access.ts";
import type { SessionContext } from "../context/session_context.ts";
import { mayKnow } from "./known_content.ts";
import type { ReceivedFile } from "./received_file.ts";

/**
 * Finds the place of an upload, if the catalogue lets it have its path. What lies there in the served folder
 * does not count.
 *
 * @throws {RequestError} `exists`, `not-a-file`
 */
export async function findCataloguedPlace(
  context: SessionContext,
  catalogue: Catalogue,
  { path, replace }: UploadRequest,
): Promise<UploadPlace & { readonly realPath: string }> {
  checkFree(catalogue, path, replace);
  const { uploads } = context.services;
  const place = await uploads.resolve(path, true, resolveFor(context));
  const realPath = join(place.directory, place.name);
  // A link on its way leads elsewhere, and no link is in the catalogue
  if (realPath !== catalogue.held.placeOf(path)) throw new RequestError("not-a-file");
  return { ...place, realPath };
}

/** Checks that a file may have a path, as far as is known here: the log decides. @throws {RequestError} */
export function checkFree({ rows }: Catalogue, path: string, replace: boolean): void {
  const { row } = rows.place(path);
  if (row?.type === "folder") throw new RequestError("not-a-file");
  if (row !== null && !replace) throw new RequestError("exists");
}

/**
 * The file that is at the path already, if it has the content, and the client may read it, or it has come by the
 * client's link; `null` if not, or if its bytes are lost on all servers.
 */
export function sameInCatalogue(
  context: SessionContext,
  catalogue: Catalogue,
  { path, size, sha256 }: UploadRequest,
): ReceivedFile | null {
  const { identity } = context;
  const { rows, held } = catalogue;
  const row = rows.find(path);
  const isSame = sha256 !== null && row?.sha256 === sha256 && row.size === size;
  if (!isSame || !mayKnow(context, { path, sha256 })) return null;
  if (identity.link === null && !identity.mayRead(path)) return null;
  if (!catalogue.hasCopy(sha256)) return null;
  return received(held.placeOf(path), row, sha256);
}

/** What {@link putKnown} puts. */
export interface KnownUpload {
  readonly request: UploadRequest;
  readonly realPath: string;
  readonly isExecutable: boolean;
}

/**
 * Gives a path a content that a file has which the client may read: no byte is copied.
 *
 * @returns `null` if there is no such file
 */
export async function putKnown(
  { identity }: SessionContext,
  catalogue: Catalogue,
  { request: { path, size, sha256, mtime, replace }, realPath, isExecutable }: KnownUpload,
): Promise<ReceivedFile | null> {
  const { rows, held } = catalogue;
  if (sha256 === null || size === 0 || identity.link !== null) return null;
  for (const known of rows.pathsOf(sha256, LIMITS.knownFiles)) {
    const row = identity.mayRead(known) ? rows.find(known) : null;
    if (row?.size !== size || await held.find(known, row) === null) continue;
    const mtimeMs = mtime ?? row.mtimeMs;
    await catalogue.put({ path, size, mtimeMs, sha256, isExecutable, replace, link: null });
    return received(realPath, { size, mtimeMs }, sha256);
  }
  return null;
}

function received(
  path: string,
  { size, mtimeMs }: { readonly size: number; readonly mtimeMs: number },
  sha256: string,
): ReceivedFile {
  const stamp = { sizeBytes: size, modifiedMs: mtimeMs, changedMs: 0, inode: 0 };
  return { file: { path, stamp }, sha256, isKnown: true };
}

/** What an upload is to the link that it comes by. */
export interface LinkUse {
  /** The id of the link; `null` if it comes by none. */
  readonly id: string | null;
  /** Bytes of the link that it has to itself; `null` if it comes by none. */
  readonly room: Reservation | null;
}

/** The end of an upload: its file gets its name once the catalogue has it. */
export class CataloguePut {
  readonly #catalogue: Catalogue;
  readonly #request: UploadRequest;
  readonly #isExecutable: boolean;
  readonly #link: LinkUse;
  #isAgreed = false;

  /** Puts nothing yet. */
  constructor(
    catalogue: Catalogue,
    request: UploadRequest,
    { isExecutable, link }: { readonly isExecutable: boolean; readonly link: LinkUse },
  ) {
    this.#catalogue = catalogue;
    this.#request = request;
    this.#isExecutable = isExecutable;
    this.#link = link;
  }

  /** Whether the catalogue has the file, or may have it. */
  get isAgreed(): boolean {
    return this.#isAgreed;
  }

  /**
   * Verifies and syncs the file, puts it, and gives it its name; `null` on failure. Where it is not known whether
   * the catalogue has it, it gets its name as well: the next look at the folder finds it like any other. One that
   * comes by a link stays a part, since that look asks no link: it gets its name once the catalogue has it.
   */
  async finish(sink: FileSink, sha256: string): Promise<CommitResult | null> {
    const { path, replace } = this.#request;
    const catalogue = this.#catalogue;
    const wasExecutable = catalogue.rows.find(path)?.isExecutable ?? false;
    const isExecutable = this.#isExecutable || wasExecutable;
    let unknown: unknown = null;
    try {
      const result = await sink.finishAgreed(sha256, async ({ sizeBytes: size, modifiedMs }) => {
        const file = { path, size, mtimeMs: modifiedMs, sha256, isExecutable, replace };
        await catalogue.put({ ...file, link: this.#link.id }).catch((error) => {
          if (!isOutcomeUnknown(error)) throw error;
          unknown = error;
        });
        this.#isAgreed = true;
        if (unknown !== null && this.#link.id !== null) throw unknown;
        if (unknown !== null) return;
        this.#link.room?.spend({ path, sha256 });
        await catalogue.clear(path);
      });
      if (unknown !== null) throw unknown;
      if (result !== null && typeof result !== "string") {
        await catalogue.stored(path, sha256, result.stamp);
      } else if (this.#isAgreed) catalogue.mendSoon();
      return result;
    } catch (error) {
      if (this.#isAgreed) catalogue.mendSoon();
      throw error;
    }
  }
}
