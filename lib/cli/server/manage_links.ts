import type { DatabaseSync } from "node:sqlite";
import { AccountStore } from "../../accounts/account_store.ts";
import { LocalLinkKeeper } from "../../accounts/link_keeper.ts";
import { LinkStore } from "../../accounts/link_store.ts";
import { openStateDatabase } from "../../files/open_state_database.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { checkStatus } from "../../protocol/text.ts";
import type { ClusterOptions } from "../../server/config/cluster_options.ts";
import { folderPath } from "../options/folder_path.ts";
import { linkOptions, requireLinkId } from "../options/link_options.ts";
import type { OptionValues } from "../options/options.ts";
import { dataFolder, servedFolder } from "../options/state_folder.ts";
import { EXIT, failureOf, formatFailure } from "../texts/failure.ts";
import type { Locale } from "../texts/locale.ts";
import { typedPrograms } from "../texts/typed_programs.ts";
import { UsageError } from "../texts/usage_error.ts";
import { errorEvent } from "../view/error_event.ts";
import { jsonLine } from "../view/json_line.ts";
import {
  describeLinks,
  describeMade,
  describeUse,
  LINK_TEXTS,
  linkAddress,
  linkCommand,
  linkJson,
  linkPage,
  revokedJson,
} from "../view/link_text.ts";
import { writeError, writeOut } from "../view/output.ts";
import { clusterOfFolder } from "./cluster_of_folder.ts";
import {
  ClusterLinks,
  type LinkAdmin,
  linkInfo,
  LocalLinks,
  type WantedLink,
} from "./link_admin.ts";
import { type LinkPlace, serverOfLink } from "./link_server.ts";
import type { SERVER_OPTIONS } from "./server_options.ts";

type Values = OptionValues<typeof SERVER_OPTIONS>;

const TEXTS = {
  usage: {
    en: "Usage: {server} link add PATH, link remove ID..., or link list",
    "pt-BR": "Uso: {server} link add CAMINHO, link remove ID... ou link list",
  },
  needsCluster: {
    en:
      "The links are those of the cluster {name}: give --cluster, so that all its servers get the change",
    "pt-BR":
      "Os links são os do cluster {name}: informe --cluster, para que todos os servidores recebam a mudança",
  },
} as const satisfies Record<string, Text>;

/**
 * Carries out `link add PATH`, `remove ID...` or `list`, also while the server runs. In a cluster, the change is
 * made on all servers.
 *
 * @returns the exit code
 * @throws {UsageError}
 * @throws {DiskError} when the database or the served folder cannot be used
 */
export async function manageLinks(
  [command, ...args]: readonly string[],
  { values, sources, locale }: Pick<LinkContext, "values" | "sources" | "locale">,
): Promise<number> {
  const isRight = command === "add"
    ? args.length === 1
    : command === "remove"
    ? args.length > 0
    : command === "list" && args.length === 0;
  if (!isRight) {
    throw new UsageError(locale.fill(TEXTS.usage, { server: typedPrograms().server }));
  }
  const root = servedFolder(values.root);
  const data = await dataFolder(values.data, root, locale);
  if (data.notice !== null) writeError(`${data.notice}\n`);
  const database = openStateDatabase(data.path);
  try {
    const context = { root, data: data.path, values, sources, locale };
    if (command === "add") return await add(database, args[0] ?? "", context);
    if (command === "remove") {
      const links = linksOf(database, context, clusterOf(database, context));
      return await remove(links, args, values, locale);
    }
    if (command === "list") list(new LinkStore(database), values, locale);
    return EXIT.done;
  } finally {
    database.close();
  }
}

interface LinkContext extends LinkPlace {
  readonly root: string;
  readonly values: Values;
  readonly locale: Locale;
}

/** The cluster of a server; `null` for a server alone. @throws {UsageError} */
function clusterOf(database: DatabaseSync, context: LinkContext): ClusterOptions | null {
  const { data: folder, values, locale } = context;
  return clusterOfFolder(database, { folder, values, locale, needsCluster: TEXTS.needsCluster });
}

/** The links of a server alone, or of its cluster. */
function linksOf(
  database: DatabaseSync,
  { root, values }: LinkContext,
  cluster: ClusterOptions | null,
): LinkAdmin {
  const accounts = new AccountStore(database);
  if (cluster !== null) return new ClusterLinks(accounts, cluster);
  const own = [values.data, values.config].filter((path) => path !== undefined);
  return new LocalLinks(new LocalLinkKeeper(database, accounts), { root, own });
}

/** Makes a link, and returns the exit code. */
async function add(database: DatabaseSync, text: string, context: LinkContext): Promise<number> {
  try {
    await make(database, text, context);
    return EXIT.done;
  } catch (error) {
    return tellFailure(error, text, context.values, context.locale);
  }
}

async function make(database: DatabaseSync, text: string, context: LinkContext): Promise<void> {
  const { values, locale } = context;
  const wanted = wantedLink(text, values, locale);
  const cluster = clusterOf(database, context);
  const server = await serverOfLink(context, cluster); // Before a link is made that nobody could be told of
  const made = await linksOf(database, context, cluster).add(wanted);
  const { client: program, server: own } = typedPrograms();
  const revoking = [own, "link remove", made.id, ...placeWords(values)].join(" ");
  const page = linkPage(made, server, !values["no-web"]);
  if (values.json) {
    const more = { type: made.type, address: linkAddress(made, server), page };
    return writeOut(`${linkJson(made, more)}\n`);
  }
  writeError(`${describeMade(made, locale)}\n`);
  writeOut(`  ${linkCommand(made, { server, program, locale })}\n`);
  if (page !== null) writeOut(`  ${page}\n`);
  for (const line of describeUse(made, server, revoking, locale)) {
    writeError(`${line}\n`);
  }
}

/** The options by which another command finds the same links, as they are typed. */
function placeWords(values: Values): string[] {
  const folder = values.data === undefined ? "root" : "data";
  const names = [folder, "cluster", "cluster-name", "cluster-creds", "cluster-ca"] as const;
  return names.flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    return [`--${name}`, /^[\w.,:=/\\@%+-]+$/.test(value) ? value : `"${value}"`];
  });
}

/** @throws {UsageError}, {RequestError} */
function wantedLink(text: string, values: Values, locale: Locale): WantedLink {
  const options = linkOptions(values, locale);
  const { lifeMs = LIMITS.linkMs, count = null, sizeBytes = null, note, kind = "get" } = options;
  const kept = note === undefined ? null : checkStatus(note) || null;
  return { kind, path: folderPath(text), lifeMs, count, sizeBytes, note: kept };
}

/** Takes links back, and returns the exit code of the first failure. */
async function remove(
  links: LinkAdmin,
  ids: readonly string[],
  values: Values,
  locale: Locale,
): Promise<number> {
  let exitCode: number = EXIT.done;
  for (const id of ids.map((text) => requireLinkId(text, locale))) {
    try {
      await links.revoke(id);
      writeOut(`${values.json ? revokedJson(id) : locale.fill(LINK_TEXTS.revoked, { id })}\n`);
    } catch (error) {
      const failed = tellFailure(error, id, values, locale);
      exitCode ||= failed;
    }
  }
  return exitCode;
}

/** Tells why nothing was done with a path or a link, and returns the exit code. */
function tellFailure(error: unknown, name: string, { json }: Values, locale: Locale): number {
  if (!(error instanceof RequestError)) throw error;
  const failure = locale.failure(error);
  if (json) writeOut(`${jsonLine(errorEvent(failure, name))}\n`);
  writeError(formatFailure(failureOf(name, failure)));
  return failure.exitCode;
}

function list(links: LinkStore, { json }: Values, locale: Locale): void {
  const found = links.list().map(linkInfo);
  const lines = json ? found.map((link) => linkJson(link)) : describeLinks(found, locale);
  for (const line of lines) writeOut(`${line}\n`);
  if (found.length === 0 && !json) writeError(`${locale.fill(LINK_TEXTS.none)}\n`);
}
