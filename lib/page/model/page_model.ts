import type { ReadonlySignal } from "@preact/signals-core";
import type { JsonObject } from "../../protocol/json.ts";
import type { ReceivedLink } from "../../protocol/link_answers.ts";
import type { Peer } from "../../protocol/peers.ts";
import type { CheckResult } from "./check_result.ts";
import type { Person } from "./person.ts";

/** The state of the page's connection to its server. */
export type ConnectionState =
  | { readonly kind: "connecting" }
  /** The server lets nobody in without an account. */
  | { readonly kind: "login-required" }
  | { readonly kind: "open" }
  /** Lost; the next attempt starts at `retryAt`, milliseconds since 1970. */
  | { readonly kind: "waiting"; readonly retryAt: number }
  /** The server refused the client for good (kicked, banned) or speaks another version. */
  | { readonly kind: "refused"; readonly code: string; readonly error: unknown }
  /** The browser opens the page but not its WebSocket (a certificate that it does not trust). */
  | { readonly kind: "blocked" }
  /** The page came by plain http, and the server speaks TLS now: the page is at `url`. */
  | { readonly kind: "needs-tls"; readonly url: string };

/** What the server told about itself and this client. */
export interface ServerInfo {
  readonly name: string;
  readonly version: string;
  readonly hasChat: boolean;
  readonly hasUpload: boolean;
  /** Whether an account can log in here. */
  readonly hasAccounts: boolean;
  /** The addresses of the page, the likeliest first. */
  readonly urls: readonly string[];
  /** The fingerprint of the server's key; `null` without TLS. */
  readonly fingerprint: string | null;
  /** The largest file that the server takes, in bytes; `null` when there is no limit. */
  readonly maximumFileBytes: number | null;
}

/** This client, as the server knows it. */
export interface Identity {
  readonly nick: string;
  /** The account; `null` for a guest. */
  readonly user: string | null;
}

/** A file that was offered in a room. */
export interface OfferedFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** 64 hexadecimal digits, or `null` when it is not known yet. */
  readonly sha256: string | null;
}

/** One line of a conversation, in the server's order. */
export interface TalkEntry {
  /** Unique in its conversation, and stable. */
  readonly key: string;
  readonly kind:
    | "message"
    | "action"
    | "file"
    | "join"
    | "part"
    | "nick"
    | "topic"
    | "away"
    | "kept"
    | "notice"
    | "missed";
  /** The nick of the author; `null` for a notice of the server and for missed messages. */
  readonly from: string | null;
  readonly isOwn: boolean;
  /**
   * The text of a message; of a nick change the new nick; of a topic the topic; of a member that is away
   * what it says; of a kept message until when, milliseconds since 1970; of missed messages their number.
   */
  readonly text: string;
  readonly file: OfferedFile | null;
  /** Milliseconds since 1970, by the server's clock. */
  readonly time: number;
  /** Its number in the room; `null` where there is none. */
  readonly seq: number | null;
  /** An own message that is under way, or that could not be sent (`failed` can be sent again). */
  readonly sending: "sent" | "waiting" | "failed";
}

/** A room that the client is in, or a private talk with a member. */
export interface Conversation {
  readonly id: string;
  readonly kind: "room" | "private";
  /** `lobby`, or the nick of the other member. */
  readonly name: string;
  readonly entries: ReadonlySignal<readonly TalkEntry[]>;
  /** Entries of others since it was looked at. */
  readonly unread: ReadonlySignal<number>;
  /** The nicks in the room, sorted; of a private talk the two. */
  readonly members: ReadonlySignal<readonly string[]>;
  /** The topic of the room; "" where there is none. */
  readonly topic: ReadonlySignal<string>;
  /** Whether older messages can be loaded. */
  readonly hasOlder: ReadonlySignal<boolean>;
}

/** A room of the server, for the list to join from. */
export interface RoomSummary {
  readonly room: string;
  readonly members: number;
}

/** The talk. Methods reject with what `describeError` of the texts describes. */
export interface TalkModel {
  readonly conversations: ReadonlySignal<readonly Conversation[]>;
  /** The one that is shown. */
  readonly current: ReadonlySignal<Conversation | null>;
  /** The rooms of the server; loaded by `refreshRooms`. */
  readonly rooms: ReadonlySignal<readonly RoomSummary[]>;
  /** The folded nicks whose messages are not shown in this browser. */
  readonly ignored: ReadonlySignal<ReadonlySet<string>>;
  select(id: string): void;
  /** Tells whether the person sees the talk: what comes meanwhile is read, else it is unread. */
  see(isSeen: boolean): void;
  /** Sends to the current conversation; while offline the entry waits. */
  send(text: string): Promise<void>;
  /** Sends a failed entry again. */
  resend(key: string): Promise<void>;
  join(room: string): Promise<void>;
  /** Leaves a room, or closes a private talk. */
  leave(id: string): Promise<void>;
  openPrivate(nick: string): void;
  loadOlder(): Promise<void>;
  refreshRooms(): Promise<void>;
  setNick(nick: string): Promise<void>;
  /** Sets the topic of the room that is shown; quotes alone remove it. */
  setTopic(text: string): Promise<void>;
  /** Says that the person is away; with `""`, back. */
  setAway(text: string): Promise<void>;
  /** What the server tells of a nick; `null` when nobody has it. */
  whois(nick: string): Promise<Person | null>;
  /** Hides the messages of a nick in this browser, or shows them again. */
  ignore(nick: string, isIgnored: boolean): void;
}

/** A row of a folder. */
export interface FolderRow {
  readonly name: string;
  readonly path: string;
  readonly kind: "file" | "folder";
  /** In bytes; `null` for a folder. */
  readonly size: number | null;
  /** Milliseconds since 1970; `null` where the server does not tell it. */
  readonly modified: number | null;
}

export type SortKey = "name" | "size" | "modified";

/** The folder that is shown. */
export interface FolderModel {
  /** "" for the root, else without slashes at its ends. */
  readonly path: ReadonlySignal<string>;
  /** Sorted and filtered: folders first. */
  readonly rows: ReadonlySignal<readonly FolderRow[]>;
  /** The number of rows before the filter. */
  readonly total: ReadonlySignal<number>;
  /** How many entries the server leaves out (names or kinds that cannot be served). */
  readonly omitted: ReadonlySignal<number>;
  readonly state: ReadonlySignal<
    { readonly kind: "loading" | "ready" } | { readonly kind: "failed"; readonly error: unknown }
  >;
  readonly sort: ReadonlySignal<{ readonly key: SortKey; readonly descending: boolean }>;
  readonly filter: ReadonlySignal<string>;
  /** Whether this client may write here; `null` while it is not known. */
  readonly canWrite: ReadonlySignal<boolean | null>;
  /** Whether this client may rename and delete here; `false` where the server cannot, either. */
  readonly canChange: ReadonlySignal<boolean>;
  /** Whether this client may make links to what is here. */
  readonly canShare: ReadonlySignal<boolean>;
  open(path: string): Promise<void>;
  refresh(): Promise<void>;
  sortBy(key: SortKey): void;
  setFilter(text: string): void;
  /** Sends a request that changes what is in the folder, and reads that again. Resolves to the answer. */
  change(type: "MKDR" | "MOVE" | "DELE", fields: JsonObject): Promise<JsonObject>;
  /** The SHA-256 of a file, computed by the server where it does not know it. */
  sha256(path: string): Promise<string>;
  /** A link that any program can fetch; valid for an hour where a login is needed. */
  link(path: string): Promise<string>;
}

export type TransferState =
  | "waiting"
  | "moving"
  | "checking"
  | "verified"
  | "failed"
  | "paused"
  /** The same file is there with other contents; the person chooses. */
  | "exists"
  /** After a reload: the browser does not let the page read the file until it is chosen again. */
  | "needs-file"
  /** The connection is lost; it goes on by itself. */
  | "offline"
  /** The browser saved it through a link: not checked by the page. */
  | "unchecked";

export interface Transfer {
  readonly id: string;
  readonly direction: "upload" | "download";
  readonly name: string;
  /** The path on the server. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly state: ReadonlySignal<TransferState>;
  /** In bytes, of `size`. */
  readonly done: ReadonlySignal<number>;
  /** Where it went on after an interruption, in bytes; 0 for none. */
  readonly resumedAt: ReadonlySignal<number>;
  /** Bytes per second of the last seconds; 0 while nothing moves. */
  readonly speed: ReadonlySignal<number>;
  /** 64 hexadecimal digits once verified. */
  readonly sha256: ReadonlySignal<string | null>;
  /** The failure, for `describeError` of the texts; `null` without one. */
  readonly error: ReadonlySignal<unknown>;
}

export type ConflictAnswer = "skip" | "replace" | "keep-both";

export interface TransfersModel {
  /** The newest first. */
  readonly list: ReadonlySignal<readonly Transfer[]>;
  readonly summary: ReadonlySignal<{
    readonly active: number;
    readonly done: number;
    readonly failed: number;
    /** Bytes of all that is not finished. */
    readonly size: number;
    readonly moved: number;
    readonly speed: number;
  }>;
  /** Sends files into a folder of the server; with `offerIn`, offers each in that conversation. */
  sendFiles(files: readonly File[], folder: string, offerIn?: string): void;
  /** The same for what was dropped: must be called in the drop event, before any `await`. */
  sendDropped(data: DataTransfer, folder: string, offerIn?: string): Promise<void>;
  get(path: string, size: number): void;
  /**
   * Gets files and folders, these with all below them. Where folders are among them, all goes into a
   * folder that the person picks: only where `canGetFolder`.
   */
  getAll(rows: readonly FolderRow[]): Promise<void>;
  readonly canGetFolder: boolean;
  pause(id: string): void;
  resume(id: string): void;
  retry(id: string): void;
  cancel(id: string): void;
  /** The file that was chosen again for a `needs-file` transfer. */
  giveFile(id: string, file: File): Promise<void>;
  answerConflict(id: string, answer: ConflictAnswer, forAll: boolean): void;
  clearFinished(): void;
  /**
   * Hashes a file of this machine, and compares it with the server's.
   *
   * @param path `null` for any file of the server that has the same SHA-256, whatever its name
   */
  checkFile(file: File, path: string | null): Promise<CheckResult>;
}

/** All that the views read and call. */
export interface PageModel {
  readonly connection: ReadonlySignal<ConnectionState>;
  /**
   * The other servers of the cluster, while none can be reached; while the page is connected to another one than it is
   * from, that one; else none.
   */
  readonly elsewhere: ReadonlySignal<readonly Peer[]>;
  readonly server: ReadonlySignal<ServerInfo | null>;
  readonly me: ReadonlySignal<Identity | null>;
  /** The link that this client has come by, and that is all it may use; `null` for none. */
  readonly link: ReadonlySignal<ReceivedLink | null>;
  /** The nick that this client wants and another client has; `null` for none. */
  readonly takenNick: ReadonlySignal<string | null>;
  readonly talk: TalkModel;
  readonly folder: FolderModel;
  readonly transfers: TransfersModel;
  /** Connects again at once. */
  reconnect(): void;
  /** @throws {RequestError} when the name or password is wrong */
  logIn(name: string, password: string): Promise<void>;
  logOut(): Promise<void>;
  /** Sends a request about the links of the account: see `ClientLinks`. @throws {RequestError} */
  readonly linkRequest: (
    type: "LINK" | "LNKS" | "UNLK",
    fields: Record<string, unknown>,
  ) => Promise<JsonObject>;
  /** QR code of a text as an SVG path of `size` modules a side; what draws it is loaded first. */
  qr(text: string): Promise<{ readonly size: number; readonly path: string }>;
}
