import type { ContentTicket } from "../cluster/content_sources.ts";
import type { ContentFolder } from "../files/content_folder.ts";
import { type StoredFile, versionOf } from "../files/directory_store.ts";
import { findStored } from "../files/local_file.ts";
import { isInside } from "../files/served_folder.ts";
import { SMALL_FILE_BYTES } from "../files/small_bytes.ts";
import { dataArea, protocol2Layout } from "../protocol/data_frames.ts";
import type { WantedContent } from "../transfer/contents.ts";
import { issueContentTicket } from "./context/content_tickets.ts";
import type { ServerServices } from "./context/services.ts";

/** The contents that this server has, for the other servers of its cluster. */
export class LocalContents {
  readonly #services: ServerServices;
  readonly #folder: ContentFolder;

  /** @param folder where contents of other servers are kept */
  constructor(services: ServerServices, folder: ContentFolder) {
    this.#services = services;
    this.#folder = folder;
  }

  /** Finds a content in the served folder, or among those of other servers; `null` if it is not here. */
  async find(wanted: WantedContent): Promise<StoredFile | null> {
    const { hashes, store, catalogue } = this.#services;
    const { sha256, sizeBytes } = wanted;
    if (this.#folder.has(wanted)) return this.#folder.fileOf(wanted);
    const held = await catalogue?.held.withContent(sha256) ?? null;
    if (held?.stamp.sizeBytes === sizeBytes) return { ...held, sha256 };
    for (const realPath of hashes.pathsOf(sha256)) {
      if (!isInside(store.folder, realPath)) continue;
      const file = await findStored(realPath);
      if (file === null || file.stamp.sizeBytes !== sizeBytes) continue;
      // The hash of a file that was just written is not known for sure: it is computed on the way
      const known: string = hashes.known(file) ?? sha256;
      if (known === sha256) return file;
    }
    return null;
  }

  /** Lets one connection of another server fetch a content; `null` if it is not here. */
  async ticket(wanted: WantedContent, server: string): Promise<ContentTicket | null> {
    const file = await this.find(wanted);
    if (file === null || this.#services.stopping.aborted) return null;
    const content = { sha256: wanted.sha256, file };
    const { stopping } = this.#services;
    const token = issueContentTicket(this.#services, content, server, stopping);
    return { token, version: versionOf(file) };
  }

  /** Another server has got wrong bytes of a content: what is held of it is hashed again soon. */
  async doubt({ sha256 }: WantedContent): Promise<void> {
    this.#services.catalogue?.held.doubt(sha256);
    await this.#folder.remove(sha256); // It can be fetched again
  }

  /** The bytes of a content that is small; `null` if it is not, or not here. */
  async small(wanted: WantedContent, server: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const { sizeBytes } = wanted;
    if (sizeBytes > SMALL_FILE_BYTES) return null;
    const file = await this.find(wanted);
    if (file === null || sizeBytes === 0) return file === null ? null : new Uint8Array();
    const owner = { address: `server ${server}`, client: 0 };
    const layout = protocol2Layout(sizeBytes, SMALL_FILE_BYTES);
    const small = await this.#services.pool.lookUp("readStored", [file], owner);
    return small === null ? null : dataArea(small.buffer, layout).slice();
  }
}
