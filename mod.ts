/**
 * tcp-chat as a library: a server and a client for chat and verified file transfer over TCP.
 *
 * ```ts
 * import { connect, serve } from "@tcp-chat/tcp-chat";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/hello.txt`, "olá");
 * await using server = await serve({ port: 0, root: folder });
 *
 * await using client = await connect({ hostname: "localhost", port: server.port });
 * const { file } = await client.download("hello.txt", { directory: folder, name: "copy.txt" });
 * console.log(await Deno.readTextFile(file)); // olá
 * ```
 *
 * @module
 */

// A client: one connection, or one that comes back
export { connect } from "./lib/client/connect.ts";
export type { ConnectOptions, ListOptions, RequestOptions } from "./lib/client/connect_options.ts";
export type { MoveOptions, RemoveOptions } from "./lib/client/remote_changes.ts";
export type { AddressOptions } from "./lib/client/connect_address.ts";
export { Client } from "./lib/client/client.ts";
export type { ConnectTarget } from "./lib/client/open_connection.ts";
export type { Chat, MessageTarget, ReceivedEvent } from "./lib/client/chat.ts";
export type { Cluster, PresentMember, SentMessage } from "./lib/client/chat_results.ts";
export type { ClientChat } from "./lib/client/client_chat.ts";
export { LaggedError } from "./lib/client/event_feed.ts";
export { ReconnectingChat } from "./lib/client/reconnecting_chat.ts";
export type { ChatClient, Connect } from "./lib/client/chat_client.ts";
export type { ReconnectingChatOptions } from "./lib/client/reconnecting_chat_options.ts";
export type { ChatUpdate } from "./lib/client/chat_update.ts";
export type { UnsentMessage } from "./lib/client/outbox.ts";
export type { ChatRate } from "./lib/protocol/hello.ts";
export type { ClusterName, Peer } from "./lib/protocol/peers.ts";
export type { ClientProvider } from "./lib/client/client_provider.ts";
export { briefRetry, endlessRetry, type RetryPolicy } from "./lib/client/backoff.ts";
export {
  formatTarget,
  parseTarget,
  type Target,
  TargetError,
  type TargetErrorCode,
} from "./lib/stream/target.ts";
export type { LoginOptions } from "./lib/client/log_in.ts";
export { Bandwidth } from "./lib/stream/bandwidth.ts";
export type { RateLimits } from "./lib/stream/rate_limits.ts";
export type { LoggedIn } from "./lib/client/prove_account.ts";

// What is wrong with a connection
export { diagnose, type DiagnoseOptions } from "./lib/client/diagnose.ts";
export { type ClientCheck, type Finding, FINDINGS } from "./lib/client/findings.ts";
export type { Check, CheckData, CheckStatus, Found } from "./lib/protocol/check.ts";

// Files
export type { DownloadOptions, DownloadResult } from "./lib/transfer/download_options.ts";
export type { VerifiedStream } from "./lib/transfer/stream_download.ts";
export type { UploadContent } from "./lib/client/content_reader.ts";
export type {
  ContentUploadOptions,
  UploadOptions,
  UploadResult,
} from "./lib/transfer/upload_options.ts";
export { downloadAll, type DownloadAllOptions } from "./lib/client/download_all.ts";
export { downloadListed, type DownloadListedOptions } from "./lib/client/download_listed.ts";
export {
  formatSums,
  parseSums,
  SumListError,
  type SumListErrorCode,
  type SumListErrorOptions,
} from "./lib/files/sum_list.ts";
export type { ExcludeOptions } from "./lib/files/git_rules.ts";
export type { LinkMode, SelectOptions } from "./lib/files/local_tree.ts";
export { planDownload, type PlanDownloadOptions } from "./lib/client/plan_download.ts";
export { planUpload, type PlanUploadOptions } from "./lib/client/plan_upload.ts";
export {
  type PlannedAction,
  type PlannedItem,
  type PlanReason,
  type TransferPlan,
} from "./lib/client/transfer_plan.ts";
export { uploadAll, type UploadAllOptions } from "./lib/client/upload_all.ts";
export {
  type Comparison,
  verifyAll,
  type VerifyAllOptions,
  type VerifyAllResult,
  type VerifyListener,
} from "./lib/client/verify_all.ts";
export type {
  TransferAllResult,
  TransferFailure,
  TransferListener,
  TransferredFile,
} from "./lib/client/batch.ts";
export { OMISSION_REASONS } from "./lib/protocol/answers.ts";
export type {
  EntryType,
  ListedEntry,
  OmissionReason,
  Omissions,
  OmittedPath,
  PathStatus,
  RemovedPath,
} from "./lib/protocol/answers.ts";

// Chat
export type { HistoryRange, JoinedRoom, RoomInfo, Topic } from "./lib/protocol/chat_answers.ts";
export type {
  ChatEvent,
  HiddenEvent,
  PrivateMessage,
  RoomEntry,
  RoomEvent,
  RoomMessage,
  SharedFile,
  TopicEvent,
} from "./lib/protocol/chat_events.ts";

// Links
export type { ClientLinks, LinkOptions } from "./lib/client/client_links.ts";
export type {
  LinkEnd,
  LinkInfo,
  LinkKind,
  MadeLink,
  ReceivedLink,
} from "./lib/protocol/link_answers.ts";
export type { LinkKey } from "./lib/protocol/link_key.ts";

// Trust
export { type KnownHost, KnownHosts } from "./lib/files/known_hosts.ts";
export { Protocol2Servers } from "./lib/files/protocol2_servers.ts";
export type { TlsTrustOptions } from "./lib/client/tls_trust.ts";
export type { UnknownServer } from "./lib/stream/tls/connect.ts";

// A server
export { serve } from "./lib/server/serve.ts";
export type { ClientInfo, OtherClient } from "./lib/server/client_info.ts";
export type { Server } from "./lib/server/server.ts";
export type { StopOptions } from "./lib/server/stop_server.ts";
export type { ClusterOptions } from "./lib/server/config/cluster_options.ts";
export type { ServerOptions, TlsSource } from "./lib/server/config/options.ts";
export type { ClusterGauges, ClusterPeer, FileChecks } from "./lib/protocol/cluster_gauges.ts";
export type { ClusterState, JoiningState } from "./lib/protocol/cluster_state.ts";
export type { DisconnectReason, ServerEvent } from "./lib/server/config/events.ts";
export type { ServerGauges } from "./lib/server/monitoring/metrics.ts";
export type { ServerStats } from "./lib/server/monitoring/stats.ts";
export type { Account } from "./lib/accounts/account.ts";
export type { GrantableRight, Right, Role, Subject } from "./lib/accounts/rights.ts";
export type { BanOptions } from "./lib/chat/bans.ts";
export type { Ban } from "./lib/chat/ban.ts";
export type { StoredFile } from "./lib/files/directory_store.ts";
export type { ListedFile } from "./lib/files/served_walk.ts";
export type { FileStamp } from "./lib/files/file_stamp.ts";

// Connections of another kind
export type { ConnectLimits, Connector } from "./lib/stream/connector.ts";
export type { Endpoint } from "./lib/stream/endpoint.ts";
export type { Socket } from "./lib/stream/socket.ts";

// Servers of the local network
export { type FindOptions, findServers, type FoundServer } from "./lib/discovery/find_servers.ts";

// Errors
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
export { REQUEST_ERROR_REASONS } from "./lib/protocol/error_reasons.ts";
export { CertificateError, type CertificateErrorCode } from "./lib/files/certificate_error.ts";
export {
  RuleError,
  type RuleErrorCode,
  type RuleErrorOptions,
  type RulePosition,
} from "./lib/accounts/rule_error.ts";
export {
  DiskError,
  type DiskErrorCode,
  type DiskErrorOptions,
  type DiskSpace,
} from "./lib/files/disk_error.ts";
