import type { DatabaseState } from "../files/check_database.ts";
import { type FirewallFiles, ufwAllows } from "../files/firewall_files.ts";
import type { FolderFacts } from "../files/inspect_folder.ts";
import type { InterfaceNetwork } from "../files/network_view.ts";
import { found } from "../protocol/check.ts";
import { LIMITS } from "../protocol/limits.ts";
import { canonicalAddress, isLoopback, isOnlyNear, listensAnywhere } from "../stream/ip_address.ts";
import type { Answerer } from "../stream/who_answers.ts";
import type { ServerFound } from "./findings.ts";

/** With less free space, uploads and the history soon fail. */
const LITTLE_BYTES = 500_000_000;
/** No clock is right that says an earlier time than this program's first release. */
const FIRST_RELEASE_MS = Date.UTC(2026, 0, 1);
/** Changes of files that a clock may be behind: file systems round, and clocks are corrected. */
const BACK_MS = 60_000;
/** A certificate that ends sooner is told of. */
const ENDING_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * Which machines reach an address that a server listens on.
 *
 * @param interfaces of this machine; `null` if they are not known
 * @param reachable the addresses that others can type
 */
export function judgeAddress(
  host: string,
  interfaces: readonly InterfaceNetwork[] | null,
  reachable: readonly string[],
): ServerFound {
  const plain = canonicalAddress(host);
  if (host === "localhost" || (plain !== null && isLoopback(plain))) {
    return found("address-loopback", { host });
  }
  const own = interfaces?.map(({ address }) => canonicalAddress(address) ?? "") ?? null;
  const outer = own?.filter((each) => !isOnlyNear(each)) ?? null;
  const isAny = plain !== null && listensAnywhere(plain);
  if (!isAny && plain !== null && own !== null && !own.includes(plain)) {
    return found("address-missing", { host, addresses: outer ?? [] });
  }
  if (outer?.length === 0) return found("address-none");
  const addresses = reachable.length > 0 ? reachable : outer ?? [];
  return found("address-list", { addresses });
}

/** What it means that a port is in use. */
export function judgeUser(port: number, answerer: Answerer): ServerFound {
  if (answerer === "tcp-chat") return found("port-served", { port });
  return found("port-taken", { port, service: answerer });
}

/**
 * What the files of firewalls tell about a port.
 *
 * @param os as `Deno.build.os` names it
 * @param isLocal whether the server listens for this machine alone
 */
export function judgeFirewall(
  files: FirewallFiles,
  port: number,
  { os, isLocal }: { readonly os: string; readonly isLocal: boolean },
): ServerFound {
  if (isLocal) return found("firewall-local");
  if (os === "windows") return found("firewall-windows", { port });
  if (os === "darwin") return found("firewall-darwin", { port });
  if (files.ufw) {
    const allows = files.ufwRules !== null && ufwAllows(files.ufwRules, port);
    return found(allows ? "firewall-open" : "firewall-ufw", { port });
  }
  if (files.firewalld) return found("firewall-firewalld", { port });
  return found(files.nftables ? "firewall-nftables" : "firewall-unseen", { port });
}

/**
 * Whether there are descriptors for as many clients as asked for.
 *
 * @param wanted the limit of clients; the default asks for as many as there is room for
 * @param room clients that there is room for
 */
export function judgeDescriptors(limit: number | null, wanted: number, room: number): ServerFound {
  if (limit === null) return found("descriptors-unknown");
  const isFewer = wanted !== LIMITS.clients && room < wanted;
  return isFewer
    ? found("descriptors-few", { limit, room, wanted })
    : found("descriptors-enough", { limit, room });
}

/** Whether a folder can be served. */
export function judgeRoot(facts: FolderFacts, uploads: boolean): ServerFound {
  const { path, kind, canRead, canWrite, freeBytes, isRemote } = facts;
  if (kind === "other") return found("root-file", { path });
  if (kind === "missing") return found(canWrite ? "root-made" : "root-denied", { path });
  if (!canRead) return found("root-denied", { path });
  if (uploads && !canWrite) return found("root-readonly", { path });
  const free = freeBytes ?? 0;
  if (uploads && freeBytes !== null && free < LITTLE_BYTES) {
    return found("root-full", { path, free });
  }
  return found(isRemote ? "root-remote" : "root-ready", { path, free });
}

/**
 * Whether a folder can hold the state of a server.
 *
 * @param exposed its files that others may use
 * @param isUsed whether a running server uses it
 */
export function judgeData(
  facts: FolderFacts,
  exposed: readonly string[],
  isUsed: boolean,
): ServerFound {
  const { path, kind, canRead, canWrite, mode, freeBytes } = facts;
  if (kind === "other") return found("data-file", { path });
  if (!canWrite || !canRead) return found("data-denied", { path });
  if (kind === "missing") return found("data-made", { path });
  const isOpen = mode !== null && (mode & 0o077) !== 0;
  if (isOpen && exposed.length > 0) return found("data-open", { path, files: exposed });
  if (freeBytes !== null && freeBytes < LITTLE_BYTES) {
    return found("data-full", { path, free: freeBytes });
  }
  return found(isUsed ? "data-used" : "data-private", { path });
}

/** @param newestMs the last change of a file of the state; `null` without one */
export function judgeHostClock(nowMs: number, newestMs: number | null): ServerFound {
  const time = new Date(nowMs).toISOString().slice(0, 19).replace("T", " ");
  const isBack = nowMs < FIRST_RELEASE_MS || (newestMs !== null && nowMs < newestMs - BACK_MS);
  return found(isBack ? "clock-back" : "clock-plausible", { time: `${time} UTC` });
}

/** What the check of a database says. */
export function judgeDatabase(state: DatabaseState): ServerFound {
  switch (state.state) {
    case "missing":
      return found("database-made");
    case "sound":
      return found("database-sound", { size: state.bytes });
    case "large":
      return found("database-large", { size: state.bytes });
    case "newer":
      return found("database-newer", { version: state.version });
    case "bad":
      return found("database-bad", { problem: state.problem });
  }
}

/** How long a certificate of the operator's own holds. @param validTo its end, to be shown */
export function judgeCertificate(
  { validToMs, fingerprint }: { readonly validToMs: number; readonly fingerprint: string },
  nowMs: number,
  validTo: string,
): ServerFound {
  const finding = validToMs - nowMs < ENDING_MS ? "tls-ending" : "tls-files";
  return found(finding, { fingerprint, validTo });
}
