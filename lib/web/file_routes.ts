import type { Account } from "../accounts/account.ts";
import type { FoundPath } from "../files/directory_store.ts";
import { RequestError } from "../protocol/errors.ts";
import { checkFolderPath } from "../protocol/path.ts";
import { ClientIdentity } from "../server/context/client_identity.ts";
import { accessPath, lookUpPath } from "../server/context/path_access.ts";
import type { ServerServices } from "../server/context/services.ts";
import { fileAnswer, type FileRequest, hashAnswer } from "./file_answer.ts";
import { emptyAnswer, type HttpAnswer } from "./http_answer.ts";
import type { HttpPeer } from "./http_connection.ts";
import { HttpFailure } from "./http_failure.ts";
import { HTTP_TEXTS } from "./http_texts.ts";
import { listAnswer } from "./list_answer.ts";
import type { RequestHead } from "./request_head.ts";
import { plainHeaders } from "./security_headers.ts";

const FILES = /^\/files(?:\/(.*))?$/s;

/** Whether a path is that of a served file or folder. */
export function isFilePath(path: string): boolean {
  return FILES.test(path);
}

/** The path of a file or folder on the server, "" for the root, from that of a URL. */
function servedPathOf(urlPath: string): string {
  const [, encoded = ""] = FILES.exec(urlPath) ?? [];
  const path = decodePath(encoded).replace(/\/$/, "");
  return checkFolderPath(path);
}

/**
 * Answers a request for a file or folder with the rights that a guest, or the account of the
 * request's ticket, has now.
 *
 * @throws {RequestError}, {HttpFailure}
 */
export async function servedAnswer(
  services: ServerServices,
  { head, peer, signal }: {
    readonly head: RequestHead;
    readonly peer: HttpPeer;
    readonly signal: AbortSignal;
  },
): Promise<HttpAnswer> {
  if (!services.settings.files) throw new RequestError("unsupported");
  const path = servedPathOf(head.path);
  const query = new URLSearchParams(head.query);
  const account = await accountOf(services, query.get("ticket"), path);
  const identity = new ClientIdentity(peer.id, peer.address, services, account);
  const request: FileRequest = { services, identity, head, path, signal };
  if (query.has("json")) return await listAnswer(request, query.has("recursive"));
  const found = await lookUp(request);
  if (found.info.isDirectory) return toPage(path);
  return await (query.has("sha256") ? hashAnswer(request, found) : fileAnswer(request, found));
}

/** Folders are shown by the page. */
function toPage(path: string): HttpAnswer {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return emptyAnswer(303, { ...plainHeaders(), "location": `/#/files/${encoded}` });
}

async function lookUp(request: FileRequest): Promise<FoundPath> {
  const { path } = request;
  const look = () => lookUpPath(request, path);
  return await accessPath(request, { request: "LIST", path }, look);
}

/** The account that a ticket stands for; `null` without a ticket. */
async function accountOf(
  { tickets, accounts, bans }: ServerServices,
  ticket: string | null,
  path: string,
): Promise<Account | null> {
  if (ticket === null) return null;
  const account = await tickets.check(ticket, path, (name) => accounts.find(name));
  if (account !== null && bans.findName(account.name) === null) return account;
  throw new HttpFailure(403, HTTP_TEXTS.linkOver);
}

function decodePath(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new RequestError("bad-path");
  }
}
