import { fill } from "../protocol/fill_text.ts";
import { DirectoryStore } from "../files/directory_store.ts";
import { DiskError } from "../files/disk_error.ts";
import { FreeSpace } from "../files/free_space.ts";
import { resolveReal } from "../files/own_files.ts";
import { isMarkedFolder } from "../files/own_marks.ts";
import { lockDataFolder } from "../files/server_state.ts";
import { isAtOrBelow } from "../files/served_folder.ts";
import { descriptorLimit } from "../files/system.ts";
import { loadByUrl } from "../load_by_url.ts";
import { listensAnywhere } from "../stream/ip_address.ts";
import { Announcer } from "./announcer.ts";
import { type Capacity, planCapacity } from "./admission/capacity.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import { checksOf } from "./checks_of.ts";
import {
  type ServerOptions,
  type ServerSettings,
  type ServerSetup,
  withDefaults,
} from "./config/options.ts";
import { openCore, type ServerCore } from "./core.ts";
import { settleLinks } from "./maintenance/settle_links.ts";
import { openPorts } from "./open_ports.ts";
import { Server } from "./server.ts";
import type { ServerPort } from "./server_port.ts";
import type { WebPage } from "./web_page.ts";

/**
 * Starts a server and resolves once it listens.
 *
 * @throws {DiskError} if the folder, or required state, cannot be opened; `in-use` if another server
 * has the data folder
 * @throws {RuleError} if the rules of the folders have a mistake
 * @throws {ConnectionError} if the port cannot be opened
 * @throws {CertificateError} if the certificate cannot be used
 * @throws {TypeError} for `announce` with a `hostname` that is one address
 *
 * @example Serve a folder, and say what happens
 * ```ts
 * import { serve } from "@tcp-chat/tcp-chat";
 *
 * const root = await Deno.makeTempDir();
 * const onEvent = (event: { readonly event: string }) => console.log(event.event);
 * await using server = await serve({ port: 0, root, uploads: true, onEvent });
 * console.log(server.port);
 * ```
 */
export async function serve(options: ServerOptions = {}): Promise<Server> {
  return await serveWithPage(options, null);
}

/**
 * Starts a server as {@link serve} does, which also serves a web page on its port.
 *
 * @param web `null` for a server that speaks frames only
 * @throws as {@link serve} does
 */
export async function serveWithPage(options: ServerSetup, web: WebPage | null): Promise<Server> {
  const settings = withDefaults(options, web !== null);
  checkAnnouncing(settings);
  const capacity = planCapacity(settings, descriptorLimit());
  const core = await openLocked(settings, capacity);
  let server: Server | null = null;
  try {
    const ports = await openPorts(core.services.settings, core.services.stats, web);
    const [port] = ports;
    const announcer = port === undefined ? null : new Announcer(core.services.settings, port);
    server = new Server({ core, ports, capacity, web, announcer });
    await announcer?.start();
    await announceToCluster(core, ports, server);
    return server;
  } catch (error) {
    await (server?.stop() ?? core.close());
    throw error;
  }
}

/** Tells the other servers of the cluster where this one is reached. */
async function announceToCluster(
  { joined, services }: ServerCore,
  [port]: readonly ServerPort[],
  server: Server,
): Promise<void> {
  const { settings, store } = services;
  const { cluster } = settings;
  if (joined === null || cluster === null || port === undefined) return;
  const { listener, fingerprint } = port;
  const address = { host: cluster.host, port: cluster.port ?? listener.address.port, fingerprint };
  const space = await FreeSpace.of(store.root);
  // A server that serves no files has no room for copies
  const free = () => settings.files ? space.bytes : 0;
  joined.announce(address, () => ({
    clients: server.clients.length,
    freeBytes: free(),
    checks: checksOf(services),
  }));
}

/** @throws {TypeError} if others would be told of a server that they cannot reach */
function checkAnnouncing({ announce, hostname }: ServerSettings): void {
  if (announce === null || listensAnywhere(hostname)) return;
  throw new TypeError(`Cannot announce the server: it listens on ${hostname} alone`);
}

/** Opens the server's state under a lock, which the core releases. */
async function openLocked(settings: ServerSettings, capacity: Capacity): Promise<ServerCore> {
  const { dataDirectory } = settings;
  const lock = dataDirectory === null ? null : lockDataFolder(dataDirectory);
  let core: ServerCore | null = null;
  try {
    const store = await openStore(settings);
    core = await openCore(settings, store, { ...capacity, lock });
    await settleLinks(core.services);
    core = await shareIfJoined(core);
    await store.refreshOwn(); // The data folder may be new
    return core;
  } catch (error) {
    await core?.close();
    lock?.[Symbol.dispose]();
    throw error;
  }
}

/** A server alone needs no code of a cluster. @throws as {@link shareContents} does */
async function shareIfJoined(core: ServerCore): Promise<ServerCore> {
  const { services: { settings }, joined } = core;
  if (joined === null || !settings.files) return core;
  const { shareContents } = await loadByUrl<typeof import("./share_contents.ts")>(
    new URL("./share_contents.ts", import.meta.url),
  );
  return await shareContents(core, joined);
}

/**
 * Opens the served folder. Warns if it holds the data folder.
 *
 * @throws {DiskError} `own` if it is the data folder, or lies in a folder of `ownPaths`
 */
async function openStore(settings: ServerSettings): Promise<DirectoryStore> {
  const { root, dataDirectory, ownPaths, tls, language, onEvent } = settings;
  const keys = tls === null || tls === "own" ? [] : [tls.keyPath];
  const data = dataDirectory === null ? [] : [dataDirectory];
  const store = await DirectoryStore.open(root, [...data, ...keys, ...ownPaths]);
  const realData = await Promise.all(data.map(resolveReal));
  const realOwn = await Promise.all(ownPaths.map(resolveReal));
  const isOwn = realData.includes(store.root) || isMarkedFolder(store.root);
  if (isOwn || realOwn.some((own) => isAtOrBelow(own, store.root))) {
    throw new DiskError("own", root, `Cannot serve ${root}: it holds the programs' own files`);
  }
  for (const path of realData) {
    if (!isAtOrBelow(store.root, path)) continue;
    onEvent({ event: "warning", message: fill(LOG_TEXTS.dataIsServed, language, { path }) });
  }
  return store;
}
