import { computed, type ReadonlySignal } from "@preact/signals-core";
import { ConnectionError } from "../../protocol/errors.ts";
import type { PageClient } from "../net/page_client.ts";
import { untilSet } from "./until_set.ts";

/**
 * Makes a folder on the server as soon as there is a connection, whatever connections it takes.
 *
 * @param client the client while it is connected; else `null`
 * @throws {RequestError} when the server refuses
 * @throws the reason of the signal
 */
export async function makeFolder(
  path: string,
  client: ReadonlySignal<PageClient | null>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const connected = await whenConnected(client, signal);
    try {
      await connected.request("MKDR", { path });
      return;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      await connected.closed; // Making a folder again does no harm
    }
  }
}

/** Resolves to the client once there is a connection. @throws the reason of the signal */
export async function whenConnected(
  client: ReadonlySignal<PageClient | null>,
  signal: AbortSignal,
): Promise<PageClient> {
  const open = computed(() => client.value?.isClosed === false ? client.value : null);
  return await untilSet(open, signal);
}
