import { checkAccountName } from "../accounts/account_name.ts";
import { encodeLink } from "../accounts/encode_link.ts";
import { checkLinkable } from "../accounts/link.ts";
import type { CatalogueRows } from "../files/catalogue_rows.ts";
import type { EntryType } from "../protocol/answers.ts";
import { RequestError } from "../protocol/errors.ts";
import type { Fields, JsonObject } from "../protocol/json.ts";
import { decodeAddedLink, type MadeLink } from "../protocol/link_answers.ts";
import { ACCOUNT_DECODERS } from "./account_entries.ts";
import type { AccountOutcome } from "./account_kinds.ts";
import { answerServers, askServer } from "./bus_request.ts";
import { type Cluster, subjectOf } from "./cluster.ts";
import type { ClusterLog } from "./cluster_log.ts";
import type { Bus } from "./engine.ts";
import type { EntryOf } from "./entry.ts";
import { LINK_DECODERS } from "./link_entries.ts";

/** The change of an account, as an entry of the log. */
export type AccountChange = EntryOf<"adduser"> | EntryOf<"passwd"> | EntryOf<"deluser">;

/** What programs beside a server change, as an entry of the log. */
type AdminChange = AccountChange | EntryOf<"link"> | EntryOf<"unlink">;

/** The account that has been changed. */
export type ChangedAccount = Pick<AccountOutcome["account"], "name" | "role">;

/** A cluster, as a program beside its servers reaches it. */
export type AskedCluster = Pick<Cluster, "name" | "bus">;

/** What {@link answerAdminChanges} uses of a server. */
export interface AdminServer {
  readonly name: string;
  readonly bus: Bus;
  readonly log: Pick<ClusterLog, "append" | "caughtUp">;
  /** The files that links may lead to. */
  readonly rows: CatalogueRows;
}

/** Of all servers, one answers. */
const GROUP = "admin";
/** How long a change may take: a leader of the log may have to be elected first. */
const ANSWER_MS = 20_000;

/** Lets programs beside a server change accounts and links: appends what they ask for. Disposal ends that. */
export function answerAdminChanges(server: AdminServer): Disposable {
  const change = async (question: Fields) => await applyChange(server, decodeChange(question));
  return answerServers(server.bus, subjectOf(server, "any.admin"), change, GROUP);
}

/**
 * Asks any server of a cluster to change an account on all of them.
 *
 * @throws {BusError} if no server answers
 * @throws {RequestError} as the change is refused
 */
export async function askAccountChange(
  cluster: AskedCluster,
  change: AccountChange,
): Promise<ChangedAccount> {
  const answer = await ask(cluster, change);
  return { name: answer.text("name"), role: answer.text("role") === "admin" ? "admin" : "member" };
}

/**
 * Asks any server of a cluster to add a link on all of them. The server looks up what is at its path.
 *
 * @throws as {@link askAccountChange} does; {@link RequestError} `exists` if there is a link of the id
 */
export async function askNewLink(
  cluster: AskedCluster,
  link: EntryOf<"link">,
): Promise<Omit<MadeLink, "secret">> {
  return decodeAddedLink(await ask(cluster, link));
}

/** Asks any server of a cluster to take a link back on all of them. @throws as {@link askAccountChange} does */
export async function askUnlink(cluster: AskedCluster, link: string): Promise<void> {
  await ask(cluster, { kind: "unlink", link });
}

function ask(cluster: AskedCluster, change: AdminChange): Promise<Fields> {
  const subject = subjectOf(cluster, "any.admin");
  return askServer(cluster.bus, subject, { ...change } as JsonObject, ANSWER_MS);
}

/** Returns what is told of the change. @throws {RequestError} as it is refused */
async function applyChange(server: AdminServer, change: AdminChange): Promise<JsonObject> {
  const { log } = server;
  switch (change.kind) {
    case "link": {
      const type = await typeFor(server, change);
      return { ...encodeLink((await log.append(change)).link), type };
    }
    case "unlink":
      return { link: (await log.append(change)).link.id };
    default: {
      const { account: { name, role } } = await log.append<AccountChange["kind"]>(change);
      return { name, role };
    }
  }
}

/** What a link leads to. @throws {RequestError} `not-found`, or as {@link checkLinkable} does */
async function typeFor(
  { rows, log }: AdminServer,
  { path, use }: EntryOf<"link">,
): Promise<EntryType> {
  await log.caughtUp();
  const type = path === "" ? "folder" : rows.find(path)?.type;
  if (type === undefined) throw new RequestError("not-found");
  checkLinkable(use, { isDirectory: type === "folder", isFile: type === "file" });
  return type;
}

/** @throws {RequestError} `bad-request` for another kind of entry, or one that is malformed */
function decodeChange(question: Fields): AdminChange {
  const kind = question.text("kind");
  switch (kind) {
    case "adduser": {
      const added = ACCOUNT_DECODERS.adduser(question);
      return { kind, ...added, name: checkAccountName(added.name) };
    }
    case "passwd":
      return { kind, ...ACCOUNT_DECODERS.passwd(question) };
    case "deluser":
      return { kind, ...ACCOUNT_DECODERS.deluser(question) };
    case "link":
      return { kind, ...LINK_DECODERS.link(question) };
    case "unlink":
      return { kind, ...LINK_DECODERS.unlink(question) };
  }
  throw new RequestError("bad-request");
}
