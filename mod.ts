/**
 * tcp-chat as a library: a server and a client for chat and verified file transfer over TCP.
 *
 * ```ts
 * import { connect, serve } from "@tcp-chat/tcp-chat";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/hello.txt`, "olá");
 * const server = await serve({ port: 0, root: folder });
 *
 * const client = await connect({ hostname: "localhost", port: server.port });
 * const { file } = await client.download("hello.txt", { directory: folder, name: "copy.txt" });
 * console.log(await Deno.readTextFile(file)); // olá
 *
 * await client.quit();
 * await server.stop();
 * ```
 *
 * @module
 */
export { Client, connect, type ConnectOptions } from "./lib/client/client.ts";
export { DiskError, type DiskErrorCode } from "./lib/files/disk_error.ts";
export {
  ConnectionError,
  type FailCode,
  type Language,
  ProtocolError,
  RequestError,
  type ViolationCode,
} from "./lib/protocol/errors.ts";
export type { DisconnectReason, ServerEvent } from "./lib/server/events.ts";
export type { ServerOptions } from "./lib/server/options.ts";
export { serve, type Server } from "./lib/server/server.ts";
export type { ServerStats } from "./lib/server/stats.ts";
export type { DownloadOptions, DownloadResult } from "./lib/transfer/incoming_file.ts";
