import type { LinkOptions } from "../../client/client_links.ts";
import type { Cluster } from "../../client/chat_results.ts";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { MadeLink } from "../../protocol/link_answers.ts";
import { type Endpoint, formatEndpoint } from "../../stream/endpoint.ts";
import { formatTarget } from "../../stream/target.ts";
import { EXIT } from "../texts/failure.ts";
import {
  describeLinks,
  describeMade,
  describeUse,
  LINK_TEXTS,
  linkAddress,
  linkCommand,
  linkJson,
  linkPage,
  type LinkServer,
  revokedJson,
} from "../view/link_text.ts";
import { shownPath } from "../view/shown_path.ts";
import { tellFailure } from "../view/tell_failure.ts";
import { type RequestCommandOptions, withClient } from "./with_client.ts";

/** Options of `share`. */
export interface ShareOptions extends RequestCommandOptions {
  /** A checked path on the server, or `""` for the root. */
  readonly path: string;
  readonly link: LinkOptions;
  /** How the programs are typed: the receiver's, and by its creator to take the link back. */
  readonly program: string;
  /** The account that `--user` names; `null` if it does not. */
  readonly user: string | null;
  /** The server as its user types it; `null` for what is more than its name. */
  readonly server: string | null;
}

/**
 * Makes a link and returns the exit code: the line for its receiver goes to standard output, with the address of the
 * page where the server has one, what its creator should know to standard error.
 */
export async function share(options: ShareOptions): Promise<number> {
  const { path, program, json, quiet, locale, signal } = options;
  return await withClient(options, async (client, output, current) => {
    const { results, errors } = output;
    let link: MadeLink;
    try {
      link = await client.links.make(path, options.link);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return await tellFailure(shownPath(path), locale.failure(error), { json, output, signal });
    }
    const server = await linkServer(current, options.connection, client.chat.cluster);
    const place = options.server ?? `'${formatTarget(server)}'`;
    const login = options.user === null ? "" : ` --user ${options.user}`;
    const back = `${program} unshare ${place} ${link.id}${login}`;
    const page = linkPage(link, server, client.features.includes("web"));
    if (json) {
      const { type } = link;
      results.write(`${linkJson(link, { type, address: linkAddress(link, server), page })}\n`);
    } else {
      if (!quiet) errors.write(`${describeMade(link, locale)}\n`);
      await errors.written();
      results.write(`${quiet ? "" : "  "}${linkCommand(link, { server, program, locale })}\n`);
      if (!quiet && page !== null) results.write(`  ${page}\n`);
    }
    await results.written();
    const notes = describeUse(link, server, back, locale);
    if (!quiet && !json) errors.write(notes.map((line) => `${line}\n`).join(""));
    return EXIT.done;
  });
}

/** Prints the links of the account, of an admin those of all, and returns the exit code. */
export async function links(options: RequestCommandOptions): Promise<number> {
  const { json, quiet, locale, signal } = options;
  return await withClient(options, async (client, { results, errors }) => {
    const found = await client.links.list();
    const lines = json ? found.map((link) => linkJson(link)) : describeLinks(found, locale);
    for (const line of lines) {
      results.write(`${line}\n`);
      await results.room(signal);
    }
    if (found.length === 0 && !json && !quiet) errors.write(`${locale.fill(LINK_TEXTS.none)}\n`);
    return EXIT.done;
  });
}

/** Takes links back, and returns the exit code of the first failure. */
export async function unshare(
  ids: readonly string[],
  options: RequestCommandOptions,
): Promise<number> {
  const { json, quiet, locale, signal } = options;
  return await withClient(options, async (client, output) => {
    let exitCode: number = EXIT.done;
    for (const id of ids) {
      try {
        await client.links.revoke(id);
        if (json) output.results.write(`${revokedJson(id)}\n`);
        else if (!quiet) output.results.write(`${locale.fill(LINK_TEXTS.revoked, { id })}\n`);
      } catch (error) {
        if (client.isClosed) throw error;
        const failed = await tellFailure(id, locale.failure(error), { json, output, signal });
        exitCode ||= failed;
      }
    }
    return exitCode;
  });
}

/** How the servers of a link are reached. */
type LinkConnection = Pick<ConnectOptions, "hostname" | "port" | "hosts" | "tls">;

/**
 * The servers at which a link works: where it was made, with the key that was seen; where the user has named several
 * of a cluster, the others of these with the same key. One that the system trusts is given without a key.
 *
 * @param current where the link was made
 */
export async function linkServer(
  current: Endpoint,
  { hosts = [], tls, ...first }: LinkConnection,
  cluster: Cluster | null,
): Promise<LinkServer> {
  const named = cluster === null || hosts.length === 0 ? [] : [first, ...hosts];
  const others = named.map(placeOf).filter((each) =>
    formatEndpoint(each) !== formatEndpoint(current)
  );
  const fingerprint = await keyOf(current, tls);
  const keys = await Promise.all(others.map((each) => keyOf(each, tls)));
  const alike = others.filter((_, at) => keys[at] === fingerprint); // An address has one key
  return { ...placeOf(current), tls: tls !== undefined, fingerprint, hosts: alike };
}

function placeOf({ hostname, port }: Endpoint): Endpoint {
  return { hostname, port };
}

async function keyOf(server: Endpoint, tls: ConnectOptions["tls"]): Promise<string | null> {
  const known = await tls?.knownHosts?.find(server) ?? null;
  return tls?.fingerprint ?? known?.fingerprint ?? null;
}
