import {
  type BatchRequest,
  type BatchUploadRequest,
  decodeBatchRequest,
  decodeBatchUpload,
} from "./batch_requests.ts";
import { RequestError } from "./errors.ts";
import { Fields, type JsonObject } from "./json.ts";
import type { LinkKind } from "./link_answers.ts";
import { LIMITS } from "./limits.ts";
import { checkFolderPath, checkPath, normalizePath } from "./path.ts";
import { checkStatus } from "./text.ts";
import { decodeUpload, type UploadRequest } from "./upload_request.ts";

/**
 * The requests of protocol 2 by their TYPE (section 3.2 of the protocol). Paths are checked and in
 * NFC; `""` is the root, for LIST, MKDR, TCKT and LINK only. Sizes are bytes, times milliseconds since 1970.
 */
export interface Requests {
  readonly LIST: {
    readonly type: "LIST";
    readonly path: string;
    readonly recursive: boolean;
    readonly after: string | null;
    /** Whether the client takes names that not every system can store. */
    readonly names: boolean;
    /** How many pages the answer may have. */
    readonly pages: number;
    /** Whether the hashes that are known are told. */
    readonly sums: boolean;
  };
  readonly STAT: { readonly type: "STAT"; readonly path: string };
  readonly FGET: DownloadRequest;
  readonly FPUT: UploadRequest;
  readonly MGET: BatchRequest;
  readonly MPUT: BatchUploadRequest;
  readonly MKDR: { readonly type: "MKDR"; readonly path: string };
  readonly MOVE: MoveRequest;
  /** `recursive`: a folder goes with all that is in it. */
  readonly DELE: { readonly type: "DELE"; readonly path: string; readonly recursive: boolean };
  readonly TCKT: { readonly type: "TCKT"; readonly path: string };
  readonly LINK: LinkRequest;
  readonly LNKS: {
    readonly type: "LNKS";
    /** Links behind this one; `null` from the first on. */
    readonly after: string | null;
  };
  readonly UNLK: { readonly type: "UNLK"; readonly link: string };
  readonly NICK: {
    readonly type: "NICK";
    readonly nick: string;
    /** The token of the client's session whose connection was lost; `null` for none. */
    readonly session: string | null;
  };
  readonly JOIN: { readonly type: "JOIN"; readonly room: string };
  readonly PART: { readonly type: "PART"; readonly room: string };
  readonly SEND: MessageRequest;
  readonly WHOS: { readonly type: "WHOS"; readonly room: string | null };
  readonly ROOM: {
    readonly type: "ROOM";
    /** Pages of all rooms, those with names behind it; `null` for the rooms with members only. */
    readonly after: string | null;
  };
  readonly HIST: HistoryRequest;
  readonly TOPC: {
    readonly type: "TOPC";
    readonly room: string;
    /** The new topic, `""` for none; `null` if the client only asks. */
    readonly text: string | null;
  };
  readonly AWAY: {
    readonly type: "AWAY";
    /** `null` if the client is back. */
    readonly text: string | null;
  };
}

/** The TYPE of a request. */
export type RequestType = keyof Requests;
/** Any request. */
export type Request = Requests[RequestType];

/**
 * FGET: a file, from `offset` on if it still has `version`, else from its beginning; with `length` at
 * most so many bytes of it.
 */
export interface DownloadRequest {
  readonly type: "FGET";
  readonly path: string;
  readonly offset: number;
  readonly length: number | null;
  readonly version: string | null;
  readonly zstd: boolean;
}

/** LINK: a link to a path, to fetch what is there, or to upload into a folder. */
export interface LinkRequest {
  readonly type: "LINK";
  readonly path: string;
  readonly kind: LinkKind;
  /** How long it is to work, in milliseconds. */
  readonly life: number;
  /** For how many claims; `null` for any number. */
  readonly count: number | null;
  /** How many bytes may be uploaded by it in all; `null` for any number. */
  readonly size: number | null;
  readonly note: string | null;
}

/** MOVE: a file or folder gets another path. */
export interface MoveRequest {
  readonly type: "MOVE";
  readonly path: string;
  readonly to: string;
  /** Whether a file at `to` is replaced. */
  readonly replace: boolean;
}

/** SEND: a message to a room, or to a single member. */
export type MessageRequest =
  & { readonly type: "SEND"; readonly text: string }
  & ({ readonly room: string } | { readonly to: string });

/** HIST: messages of a room, before or after a sequence number. */
export interface HistoryRequest {
  readonly type: "HIST";
  readonly room: string;
  readonly before?: number;
  readonly after?: number;
  readonly limit?: number;
}

const DECODERS: {
  readonly [T in RequestType]: (fields: Fields, object: JsonObject) => Requests[T];
} = {
  LIST: (fields) => ({
    type: "LIST",
    path: checkFolderPath(fields.text("path")),
    recursive: fields.flag("recursive"),
    after: fields.has("after") ? normalizePath(fields.text("after")) : null,
    names: fields.flag("names"),
    pages: Math.min(fields.optionalInteger("pages", { minimum: 1 }) ?? 1, LIMITS.listingPages),
    sums: fields.flag("sums"),
  }),
  STAT: (fields) => ({ type: "STAT", path: checkPath(fields.text("path")) }),
  FGET: (fields) => ({
    type: "FGET",
    path: checkPath(fields.text("path")),
    offset: fields.optionalInteger("offset") ?? 0,
    length: fields.optionalInteger("length", { minimum: 1 }) ?? null,
    version: fields.optionalText("version") ?? null,
    zstd: fields.flag("zstd"),
  }),
  FPUT: decodeUpload,
  MGET: decodeBatchRequest,
  MPUT: decodeBatchUpload,
  MKDR: (fields) => ({ type: "MKDR", path: checkFolderPath(fields.text("path")) }),
  MOVE: (fields) => ({
    type: "MOVE",
    path: checkPath(fields.text("path")),
    to: checkPath(fields.text("to")),
    replace: fields.flag("replace"),
  }),
  DELE: (fields) => ({
    type: "DELE",
    path: checkPath(fields.text("path")),
    recursive: fields.flag("recursive"),
  }),
  TCKT: (fields) => ({ type: "TCKT", path: checkFolderPath(fields.text("path")) }),
  LINK: (fields) => ({
    type: "LINK",
    path: checkFolderPath(fields.text("path")),
    kind: linkKind(fields),
    life: fields.optionalInteger("life", LINK_LIFE_RANGE) ?? LIMITS.linkMs,
    count: fields.optionalInteger("count", { minimum: 1, maximum: LIMITS.linkCount }) ?? null,
    size: fields.optionalInteger("size", { minimum: 1 }) ?? null,
    note: optionalStatus(fields, "note") || null,
  }),
  LNKS: (fields) => ({ type: "LNKS", after: fields.optionalText("after") ?? null }),
  UNLK: (fields) => ({ type: "UNLK", link: fields.text("link") }),
  NICK: (fields) => ({ type: "NICK", nick: fields.text("nick"), session: sessionOf(fields) }),
  JOIN: (fields) => ({ type: "JOIN", room: fields.text("room") }),
  PART: (fields) => ({ type: "PART", room: fields.text("room") }),
  SEND: (fields) => ({ type: "SEND", text: fields.text("text"), ...recipientOf(fields) }),
  WHOS: (fields) => ({ type: "WHOS", room: fields.optionalText("room") ?? null }),
  ROOM: (fields) => ({ type: "ROOM", after: fields.optionalText("after") ?? null }),
  HIST: (fields) => ({
    type: "HIST",
    room: fields.text("room"),
    ...optional("before", fields.optionalInteger("before")),
    ...optional("after", fields.optionalInteger("after")),
    ...optional("limit", fields.optionalInteger("limit", { minimum: 1 })),
  }),
  TOPC: (fields) => ({
    type: "TOPC",
    room: fields.text("room"),
    text: optionalStatus(fields),
  }),
  AWAY: (fields) => ({ type: "AWAY", text: optionalStatus(fields) || null }),
};

const LINK_LIFE_RANGE = { minimum: LIMITS.linkMsMin, maximum: LIMITS.linkMsMax };

/** Whether a frame of this type is a request of protocol 2. */
export function isRequestType(type: string): type is RequestType {
  return Object.hasOwn(DECODERS, type);
}

/**
 * Decodes the payload of a request.
 *
 * @throws {RequestError} `bad-request`, `bad-path`
 */
export function decodeRequest<T extends RequestType>(type: T, object: JsonObject): Requests[T] {
  return DECODERS[type](new Fields(object), object);
}

function recipientOf(fields: Fields): { room: string } | { to: string } {
  if (fields.has("room") === fields.has("to")) {
    throw new RequestError("bad-request", 'Cannot send the message: give "room" or "to"');
  }
  return fields.has("room") ? { room: fields.text("room") } : { to: fields.text("to") };
}

function optional<K extends string>(name: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : { [name]: value } as { [P in K]?: number };
}

function linkKind(fields: Fields): LinkKind {
  const kind = fields.text("kind");
  if (kind === "get" || kind === "put") return kind;
  throw new RequestError("bad-request", 'Cannot make the link: its "kind" must be get or put');
}

function optionalStatus(fields: Fields, name = "text"): string | null {
  const text = fields.optionalText(name);
  return text === undefined ? null : checkStatus(text);
}

function sessionOf(fields: Fields): string | null {
  const session = fields.optionalText("session") ?? null;
  if (session === null || session.length <= LIMITS.sessionCharacters) return session;
  throw new RequestError("bad-request", 'Cannot take the nick: "session" is too long');
}
