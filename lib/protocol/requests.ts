import { RequestError } from "./errors.ts";
import { Fields, type JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { checkPath, normalizePath } from "./path.ts";
import { checkStatus } from "./text.ts";

/**
 * The requests of protocol 2 by their TYPE (section 3.2 of the protocol). Paths are checked and in
 * NFC; `""` is the root, for LIST, MKDR and TCKT only. Sizes are bytes, times milliseconds since 1970.
 */
export interface Requests {
  readonly LIST: {
    readonly type: "LIST";
    readonly path: string;
    readonly recursive: boolean;
    readonly after: string | null;
    /** Whether the client takes names that not every system can store. */
    readonly names: boolean;
  };
  readonly STAT: { readonly type: "STAT"; readonly path: string };
  readonly FGET: DownloadRequest;
  readonly FPUT: UploadRequest;
  readonly MKDR: { readonly type: "MKDR"; readonly path: string };
  readonly TCKT: { readonly type: "TCKT"; readonly path: string };
  readonly NICK: { readonly type: "NICK"; readonly nick: string };
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

/** FPUT: a file that the client uploads. */
export interface UploadRequest {
  readonly type: "FPUT";
  readonly path: string;
  readonly size: number;
  readonly mtime: number | null;
  readonly key: string | null;
  readonly replace: boolean;
  readonly room: string | null;
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

const DECODERS: { readonly [T in RequestType]: (fields: Fields) => Requests[T] } = {
  LIST: (fields) => ({
    type: "LIST",
    path: folderPath(fields),
    recursive: fields.flag("recursive"),
    after: fields.has("after") ? normalizePath(fields.text("after")) : null,
    names: fields.flag("names"),
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
  FPUT: (fields) => ({
    type: "FPUT",
    path: checkPath(fields.text("path")),
    size: fields.integer("size"),
    mtime: fields.optionalInteger("mtime", MTIME_RANGE) ?? null,
    key: uploadKey(fields),
    replace: fields.flag("replace"),
    room: fields.optionalText("room") ?? null,
  }),
  MKDR: (fields) => ({ type: "MKDR", path: folderPath(fields) }),
  TCKT: (fields) => ({ type: "TCKT", path: folderPath(fields) }),
  NICK: (fields) => ({ type: "NICK", nick: fields.text("nick") }),
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

/** Times that a JavaScript date can hold; they may lie before 1970. */
const MTIME_RANGE = { minimum: -8.64e15, maximum: 8.64e15 };

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
  return DECODERS[type](new Fields(object));
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

function optionalStatus(fields: Fields): string | null {
  const text = fields.optionalText("text");
  return text === undefined ? null : checkStatus(text);
}

function folderPath(fields: Fields): string {
  const path = fields.text("path");
  return path === "" ? "" : checkPath(path);
}

function uploadKey(fields: Fields): string | null {
  const key = fields.optionalText("key");
  if (key === undefined) return null;
  const { uploadKeyCharacters: limit } = LIMITS;
  const mayFit = key.length >= 1 && key.length <= 2 * limit; // A character has one or two units
  if (mayFit && [...key].length <= limit) return key;
  throw new RequestError(
    "bad-request",
    `Cannot accept the upload: its key must have 1 to ${limit} characters`,
  );
}
