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
export type { ListedFile, StoredFile } from "./lib/files/directory_store.ts";
export { DiskError, type DiskErrorCode } from "./lib/files/disk_error.ts";
export type { FileIdentity } from "./lib/files/file_identity.ts";
export {
  ConnectionError,
  type ConnectionFault,
  type FailCode,
  type FailReason,
  type Language,
  ProtocolError,
  RequestError,
  type RequestErrorOptions,
  type ViolationCode,
} from "./lib/protocol/errors.ts";
export type { DisconnectReason, ServerEvent } from "./lib/server/events.ts";
export type { ServerOptions } from "./lib/server/options.ts";
export { type ClientInfo, serve, type Server } from "./lib/server/server.ts";
export type { ServerStats } from "./lib/server/stats.ts";
export type { FrameReaderLimits } from "./lib/stream/frame_reader.ts";
export type { ConnectionLimits } from "./lib/stream/framed_connection.ts";
export type { Endpoint } from "./lib/stream/tcp.ts";
export type { DownloadOptions, DownloadResult } from "./lib/transfer/incoming_file.ts";
