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
export {
  type Chat,
  type HistoryRange,
  type JoinedRoom,
  type MessageTarget,
  type PresentMember,
  type ReceivedEvent,
  type RoomInfo,
  type SentMessage,
} from "./lib/client/chat.ts";
export {
  Client,
  connect,
  type ConnectOptions,
  type ListOptions,
  type RequestOptions,
} from "./lib/client/client.ts";
export type { ListedFile, StoredFile } from "./lib/files/directory_store.ts";
export { DiskError, type DiskErrorCode } from "./lib/files/disk_error.ts";
export type { FileStamp } from "./lib/files/file_stamp.ts";
export type { ChatEvent, RoomEvent, RoomMessage, SharedFile } from "./lib/protocol/chat_events.ts";
export type { EntryType, ListedEntry, PathStatus } from "./lib/protocol/answers.ts";
export {
  ConnectionError,
  type ConnectionErrorCode,
  type ConnectionErrorOptions,
  type Language,
  ProtocolError,
  type ProtocolErrorCode,
  RequestError,
  type RequestErrorCode,
  type RequestErrorOptions,
  type RequestErrorReason,
} from "./lib/protocol/errors.ts";
export type { DisconnectReason, ServerEvent } from "./lib/server/config/events.ts";
export type { ServerOptions, TlsSource } from "./lib/server/config/options.ts";
export { type ClientInfo, serve, type Server } from "./lib/server/server.ts";
export type { ServerStats } from "./lib/server/monitoring/stats.ts";
export {
  type ControlFrame,
  type DataChunk,
  type Frame,
  FrameReader,
  type FrameReaderLimits,
  type ZstdFrame,
} from "./lib/stream/frames/frame_reader.ts";
export { FrameLogCursor } from "./lib/stream/frames/frame_log.ts";
export { FrameWriter } from "./lib/stream/frames/frame_writer.ts";
export {
  encodeFrame,
  encodeJsonFrame,
  type FrameType,
  type JsonFrameType,
} from "./lib/protocol/frames.ts";
export type { LoggedIn, LoginOptions } from "./lib/client/log_in.ts";
export type { TlsTrustOptions } from "./lib/client/tls_trust.ts";
export { type KnownHost, KnownHosts } from "./lib/files/known_hosts.ts";
export { CertificateError, type CertificateErrorCode } from "./lib/files/certificate_error.ts";
export type { GrantableRight, Right, Role, Subject } from "./lib/accounts/rights.ts";
export type { UnknownServer } from "./lib/stream/tls/connect.ts";
export type { ConnectionLimits } from "./lib/stream/framed_connection.ts";
export type { Endpoint } from "./lib/stream/endpoint.ts";
export type { DownloadOptions, DownloadResult } from "./lib/transfer/download.ts";
export type { UploadOptions, UploadResult } from "./lib/transfer/upload.ts";
export type { ConnectTarget } from "./lib/client/open_connection.ts";
export type { Account } from "./lib/accounts/account.ts";
export type { Ban, BanOptions } from "./lib/chat/bans.ts";
export type { RoomInfo as ServerRoomInfo } from "./lib/chat/rooms.ts";
export type { ServerGauges } from "./lib/server/monitoring/metrics.ts";
