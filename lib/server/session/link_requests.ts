import type { Account } from "../../accounts/account.ts";
import { encodeLink } from "../../accounts/encode_link.ts";
import { checkLinkable, type Link } from "../../accounts/link.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { Requests } from "../../protocol/requests.ts";
import { countUtf8 } from "../../protocol/count_utf8.ts";
import { accessPath, lookUpPath } from "../context/path_access.ts";
import type { SessionContext } from "../context/session_context.ts";

/** Bytes of DONE for the links of a page: at least one fits beside the rest. */
const PAGE_BYTES = LIMITS.controlBytes - 1_024;

/** Links of a page at the most. */
const PAGE_LINKS = 100;

/** Answers LINK (section 3.10 of the protocol). */
export async function answerMakeLink(
  context: SessionContext,
  { path, kind, life: lifeMs, count, note, size }: Requests["LINK"],
): Promise<JsonObject> {
  const { services: { store, links, linkKeeper }, identity } = context;
  const creator = identity.checkAccount();
  const use = { request: `LINK-${kind}`, path } as const;
  const found = await accessPath(context, use, () => lookUpPath(context, path));
  checkLinkable(kind, found.info);
  links.checkRoom(creator);
  const truePath = store.truePath(found.realPath);
  const sizeBytes = kind === "put" ? size : null;
  const wanted = { kind, path, truePath, creator, lifeMs, count, note, sizeBytes };
  const made = await linkKeeper.add(wanted);
  reportLink(context, "made", made.link);
  const type = found.info.isDirectory ? "folder" : "file";
  return { ...encodeLink(made.link), secret: made.secret, type };
}

/** Answers LNKS: the links of the client's account; of all for an admin. */
export function answerListLinks(
  { services: { links }, identity }: SessionContext,
  { after }: Requests["LNKS"],
): Promise<JsonObject> {
  const account = identity.checkAccount();
  const owner = account.role === "admin" ? null : account;
  const found = links.page(owner, after ?? "", PAGE_LINKS + 1);
  const page: JsonObject[] = [];
  let bytes = 0;
  for (const link of found.slice(0, PAGE_LINKS)) {
    const entry = encodeLink(link);
    bytes += countUtf8(JSON.stringify(entry)) + 1;
    if (bytes > PAGE_BYTES) break;
    page.push(entry);
  }
  const hasMore = page.length < found.length;
  return Promise.resolve({ links: page, ...(hasMore && { more: true }) });
}

/** Answers UNLK. What is moved by the link at that time ends. */
export async function answerRevokeLink(
  context: SessionContext,
  { link: id }: Requests["UNLK"],
): Promise<JsonObject> {
  const { services: { links, linkKeeper }, identity } = context;
  const account = identity.checkAccount();
  if (links.find(id) === null) await linkKeeper.caughtUp();
  const link = links.find(id);
  if (link === null || !isOwn(link, account)) {
    throw new RequestError("not-found", undefined, { reason: "link-unknown" });
  }
  await linkKeeper.revoke(id);
  if (link.revokedMs === null) reportLink(context, "revoked", link);
  return { link: id };
}

/** An admin has a say in all links, also those that were made on the server's machine. */
function isOwn({ creator }: Link, account: Account): boolean {
  if (account.role === "admin") return true;
  return creator?.name === account.name && creator.createdMs === account.createdMs;
}

function reportLink(
  { services: { settings }, identity }: SessionContext,
  action: "made" | "revoked",
  { id: link, kind, path }: Link,
): void {
  settings.onEvent({ event: "link", ...identity.label, action, link, kind, path });
}
