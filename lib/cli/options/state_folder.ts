import { isAbsolute, join, resolve } from "../../files/path.ts";
import { exists } from "../../files/exists.ts";
import { findServerState, serverStateFolder } from "../../files/server_state.ts";
import type { Locale } from "../texts/locale.ts";
import { UsageError } from "../texts/usage_error.ts";
import { homeFolderOf, userFolder, type UserSystem } from "./user_folders.ts";

/** The data folder of a server. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** What its operator should know about it, or `null`. */
  readonly notice: string | null;
}

const SYSTEM: UserSystem = {
  platform: Deno.build.os,
  env: (name) => Deno.env.get(name),
  exists,
  isAbsolute,
  join,
};

function stateFolder(): string | null {
  return userFolder("state", SYSTEM);
}

function configFolder(): string | null {
  return userFolder("config", SYSTEM);
}

/** The user's home folder; `null` if the environment names none. */
export function homeFolder(): string | null {
  return homeFolderOf(SYSTEM);
}

/**
 * The server's data folder: the one that the options name, else one for each served folder.
 *
 * @param wished the one that the options name
 * @param root the served folder
 * @throws {UsageError} if there is no home for it: it must not lie wherever the server was started
 */
export async function dataFolder(
  wished: string | undefined,
  root: string,
  { t }: Locale,
): Promise<DataFolder> {
  if (wished !== undefined) return { path: resolve(wished), notice: null };
  const stateRoot = stateFolder();
  if (stateRoot === null) throw new UsageError(t("noStateFolder"));
  const { folder: data, movedFrom, sharedWentTo } = await findServerState(stateRoot, root);
  if (movedFrom !== null) return { path: data, notice: t("stateMoved", { from: movedFrom, data }) };
  const notice = sharedWentTo === null ? null : t("stateNew", { data, shared: sharedWentTo });
  return { path: data, notice };
}

/** The folder that {@link dataFolder} names, which need not exist: nothing is made or moved. */
export async function plannedDataFolder(
  wished: string | undefined,
  root: string,
  { t }: Locale,
): Promise<string> {
  if (wished !== undefined) return resolve(wished);
  const stateRoot = stateFolder();
  if (stateRoot === null) throw new UsageError(t("noStateFolder"));
  return await serverStateFolder(stateRoot, root);
}

/** The file with the lines that were typed in the interactive client; `null` without a home. */
export function lineHistoryPath(): string | null {
  const folder = stateFolder();
  return folder === null ? null : join(folder, "client_history");
}

/** The file with the servers that are known to speak protocol 2; `null` without a home. */
export function protocol2ServersPath(): string | null {
  const folder = stateFolder();
  return folder === null ? null : join(folder, "protocol2_servers");
}

/** The folder with the claims of the user for links; `null` without a home. */
export function linkClaimsFolder(): string | null {
  const folder = stateFolder();
  return folder === null ? null : join(folder, "link_claims");
}

/** The file with the keys of the servers that the user trusts; `null` without a home. */
export function knownHostsPath(): string | null {
  const folder = configFolder();
  return folder === null ? null : join(folder, "known_hosts");
}

/** The configuration file of a program; `null` without a home. */
export function configPath(name: "client.toml" | "server.toml"): string | null {
  const folder = configFolder();
  return folder === null ? null : join(folder, name);
}

/** The folders in which the programs keep files of their own: state, and the client's pins. */
export function ownFolders(): string[] {
  return [stateFolder(), configFolder()].filter((path) => path !== null);
}

/** The folder to serve, absolute. @param wished the one that the options name */
export function servedFolder(wished: string | undefined): string {
  return resolve(wished ?? "server_files");
}
