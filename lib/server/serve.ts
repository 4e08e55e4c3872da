import { DirectoryStore } from "../files/directory_store.ts";
import { descriptorLimit } from "../files/system.ts";
import { planCapacity } from "./admission/capacity.ts";
import { type ServerOptions, withDefaults } from "./config/options.ts";
import { openCore } from "./core.ts";
import { openPorts } from "./ports.ts";
import { Server } from "./server.ts";

/**
 * Starts a server and resolves once it listens.
 *
 * @throws {DiskError} if the folder, or required state, cannot be opened
 * @throws {RuleError} if the rules of the folders have a mistake
 * @throws {ConnectionError} if the port cannot be opened
 * @throws {CertificateError} if the certificate cannot be used
 *
 * @example Serve a folder, and say what happens
 * ```ts
 * import { serve } from "@tcp-chat/tcp-chat";
 *
 * const root = await Deno.makeTempDir();
 * const onEvent = (event: { readonly event: string }) => console.log(event.event);
 * await using server = await serve({ port: 0, root, uploads: true, onEvent });
 * console.log(server.port);
 * ```
 */
export async function serve(options: ServerOptions = {}): Promise<Server> {
  const settings = withDefaults(options);
  const store = await DirectoryStore.open(settings.root);
  const capacity = planCapacity(settings, descriptorLimit());
  const core = await openCore(settings, store, capacity.workers);
  try {
    const ports = await openPorts(settings, core.services.stats);
    return new Server(core, ports, capacity);
  } catch (error) {
    core.close();
    throw error;
  }
}
