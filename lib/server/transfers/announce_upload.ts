import type { SessionContext } from "../context/session_context.ts";

/** A file that a client has uploaded. */
export interface AnnouncedUpload {
  readonly path: string;
  readonly size: number;
  /** The room to announce it in; `null` for none. */
  readonly room: string | null;
}

/**
 * Announces a file in the room that its client named. The upload has succeeded even if this fails; the
 * history reports its failure itself.
 */
export async function announceUpload(
  { services: { hub, store }, identity: { member } }: SessionContext,
  { path, size, room }: AnnouncedUpload,
  { realPath, sha256 }: { readonly realPath: string; readonly sha256: string },
): Promise<void> {
  if (room === null || member === null) return;
  const file = { path, truePath: store.truePath(realPath), sizeBytes: size, sha256 };
  await hub.announceFile(room, member.nick, file).catch(() => {});
}
