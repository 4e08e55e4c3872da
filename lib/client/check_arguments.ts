import { toLocalPath } from "../files/local_name.ts";
import { checkName, checkPath, lastComponent } from "../protocol/path.ts";
import type { DownloadOptions, PlacedDownloadOptions } from "../transfer/download_options.ts";
import type { UploadOptions } from "../transfer/upload_options.ts";
import { contentBytes, type UploadContent } from "./content_reader.ts";
import type { ConnectOptions } from "./connect_options.ts";

const SHA256 = /^[0-9a-f]{64}$/i;

/**
 * Checks what a caller without types may get wrong, before anything is opened for it.
 *
 * @throws {TypeError} for a value of another kind @throws {RangeError} for a number out of range
 */
export function checkConnectOptions(options: ConnectOptions): void {
  const { hostname, port, hosts = [], connections = 1, tls, connector } = options;
  for (const host of [{ hostname, port }, ...hosts]) {
    checkText("connect", "hostname", host.hostname);
    checkInteger("connect", "port", host.port, { min: 1, max: 65_535 });
  }
  checkInteger("connect", "connections", connections, { min: 1 });
  if (tls === undefined || connector === undefined) return;
  // Else the caller takes the connection for encrypted, and the key for checked
  throw new TypeError(
    "Cannot connect: tls has no effect on a connector, which makes the connections",
  );
}

/**
 * The options of a download, checked and with their defaults.
 *
 * @throws {TypeError} | {RangeError} as {@link checkConnectOptions}
 * @throws {RequestError} `bad-path` for a name that no file may have
 */
export function placeDownload(path: string, options: DownloadOptions): PlacedDownloadOptions {
  checkText("download", "the path", path);
  const { sizeBytes = 0, sha256, directory = ".", name } = options;
  checkText("download", "directory", directory);
  if (name !== undefined) checkText("download", "name", name);
  checkInteger("download", "sizeBytes", sizeBytes, { min: 0 });
  if (sha256 !== undefined && !SHA256.test(sha256)) {
    throw new TypeError(`Cannot download: sha256 must be 64 hex digits, is ${show(sha256)}`);
  }
  return {
    ...options,
    directory,
    name: name === undefined ? toLocalPath(lastComponent(checkPath(path))) : checkedName(name),
    ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
  };
}

/** Checks an upload. @throws {TypeError} | {RangeError} as {@link checkConnectOptions} */
export function checkUpload(content: UploadContent | string, options: UploadOptions): void {
  const { path, sizeBytes, room } = options;
  if (typeof content === "string") checkText("upload", "the path of the file", content);
  else checkContent(content, options);
  if (path !== undefined) checkText("upload", "path", path);
  if (room !== undefined) checkText("upload", "room", room);
  if (sizeBytes !== undefined) checkInteger("upload", "sizeBytes", sizeBytes, { min: 0 });
}

function checkContent(content: UploadContent, { path, sizeBytes }: UploadOptions): void {
  const isStream = content instanceof ReadableStream;
  if (!isStream && !(content instanceof Uint8Array || content instanceof Blob)) {
    throw new TypeError(
      "Cannot upload: this is no path, Uint8Array, Blob or ReadableStream",
    );
  }
  if (isStream && content.locked) throw new TypeError("Cannot upload: the stream has a reader");
  checkText("upload", "path", path);
  const bytes = contentBytes(content) ?? sizeBytes;
  checkInteger("upload", "sizeBytes", bytes, { min: 0 });
  if (sizeBytes === undefined || sizeBytes === bytes) return;
  throw new RangeError(
    `Cannot upload: the content has ${bytes} bytes, announced were ${sizeBytes}`,
  );
}

/** Checks a text that must not be empty. @throws {TypeError} */
export function checkText(verb: string, name: string, value: unknown): void {
  if (typeof value === "string" && value !== "") return;
  throw new TypeError(`Cannot ${verb}: ${name} must be a text, is ${show(value)}`);
}

/** Checks a number. @throws {TypeError} if it is none @throws {RangeError} if it is out of range */
function checkInteger(
  verb: string,
  name: string,
  value: unknown,
  { min, max = Number.MAX_SAFE_INTEGER }: { readonly min: number; readonly max?: number },
): void {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot ${verb}: ${name} must be a number, is ${show(value)}`);
  }
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`Cannot ${verb}: ${name} must be from ${min} to ${max}, is ${value}`);
}

/** The name as the caller wrote it: how a name is spelled locally is up to the caller. */
function checkedName(name: string): string {
  checkName(name);
  return name;
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
