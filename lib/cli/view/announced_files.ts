import { BoundedMap } from "../../async/bounded_map.ts";
import type { SharedFile } from "../../protocol/chat_events.ts";

/** The number of announced files that are kept. */
const KEPT = 1_000;

/** What is kept of an announcement. */
export type AnnouncedFile = Pick<SharedFile, "path" | "sha256">;

/** The files that were announced in the chat, by room and by the number of their message in it. */
export class AnnouncedFiles {
  readonly #files = new BoundedMap<string, AnnouncedFile>(KEPT);

  /** Adds an announcement. */
  add({ room, seq, path, sha256 }: Pick<SharedFile, "room" | "seq" | "path" | "sha256">): void {
    this.#files.set(keyOf(room, seq), { path, sha256 });
  }

  /** The file of a message, or `null`. */
  find(room: string, seq: number): AnnouncedFile | null {
    return this.#files.get(keyOf(room, seq)) ?? null;
  }
}

function keyOf(room: string, seq: number): string {
  return `${room} ${seq}`;
}
