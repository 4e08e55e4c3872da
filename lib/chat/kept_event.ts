import type { RoomEvent, RoomMessage, SharedFile } from "../protocol/chat_events.ts";

/** An uploaded file. */
export interface FileAnnouncement {
  /** The path on the server. */
  readonly path: string;
  /** The path of what it leads to, links resolved. */
  readonly truePath: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** An announced file as the history keeps it. */
export interface KeptFile extends SharedFile {
  /**
   * The path of what `path` led to when the file was stored, where a link made it another one. It
   * decides with `path` which clients may know of the file, and is sent to none.
   */
  readonly truePath?: string;
}

/** An event of a room as the history keeps it. */
export type KeptEvent = RoomMessage | KeptFile;

/** The event as it is sent to the clients that may know of it. */
export function toRoomEvent(event: KeptEvent): RoomEvent {
  if (event.event !== "file") return event;
  const { truePath: _, ...file } = event;
  return file;
}

/** The event of an uploaded file, without its number. @param from the nick of the uploader */
export function draftOf(
  { path, truePath, sizeBytes: size, sha256 }: FileAnnouncement,
  from: string,
): Omit<KeptFile, "seq" | "room"> {
  const link = truePath === path ? {} : { truePath };
  return { event: "file", from, path, ...link, size, sha256, time: Date.now() };
}
