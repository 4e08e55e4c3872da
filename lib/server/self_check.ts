import { join } from "../files/path.ts";
import { RULE_FILE_NAME, RuleFile } from "../accounts/rule_file.ts";
import { RuleError } from "../accounts/rule_error.ts";
import { CertificateError } from "../files/certificate_error.ts";
import { checkDatabase } from "../files/check_database.ts";
import { DiskError } from "../files/disk_error.ts";
import { exists } from "../files/exists.ts";
import { readFirewallFiles } from "../files/firewall_files.ts";
import { findExposed, inspectFolder, isLocked, newestChange } from "../files/inspect_folder.ts";
import { readNetworkView } from "../files/network_view.ts";
import {
  DATABASE_NAME,
  STATE_FILES,
  TLS_CERTIFICATE_NAME,
  TLS_KEY_NAME,
} from "../files/own_marks.ts";
import { readCertificate } from "../files/server_certificate.ts";
import { SERVER_LOCK } from "../files/server_state.ts";
import { descriptorLimit } from "../files/system.ts";
import { found, toCheck } from "../protocol/check.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { listenTcp } from "../stream/tcp.ts";
import { formatUtcMinute } from "../stream/tls/certificate.ts";
import { whoAnswers } from "../stream/who_answers.ts";
import { planCapacity } from "./admission/capacity.ts";
import { type ServerOptions, type ServerSettings, withDefaults } from "./config/options.ts";
import { SERVER_FINDINGS, type ServerCheck, type ServerFound } from "./findings.ts";
import {
  judgeAddress,
  judgeCertificate,
  judgeData,
  judgeDatabase,
  judgeDescriptors,
  judgeFirewall,
  judgeHostClock,
  judgeRoot,
  judgeUser,
} from "./judge_host.ts";

/** How long what holds the port may take to answer. */
const ANSWER_MS = 1_500;

/** What a check of a server's machine needs to know beside the server's options. */
export interface SelfCheckContext {
  /** The addresses of this machine that others can type. */
  readonly addresses: readonly string[];
  /** The system, as `Deno.build.os` names it. */
  readonly os: string;
}

/**
 * Checks whether a server with these options can start here and can be reached. Changes nothing, starts no
 * program, and may run beside the server.
 */
export async function* checkServer(
  options: ServerOptions,
  context: SelfCheckContext,
): AsyncGenerator<ServerCheck> {
  const settings = withDefaults(options);
  let startedMs = performance.now();
  for await (const each of findings(settings, context)) {
    yield toCheck(each, SERVER_FINDINGS, performance.now() - startedMs);
    startedMs = performance.now();
  }
}

async function* findings(
  settings: ServerSettings,
  { addresses, os }: SelfCheckContext,
): AsyncGenerator<ServerFound> {
  const { hostname, port, maxClients, root, uploads, dataDirectory } = settings;
  const address = judgeAddress(hostname, readNetworkView().interfaces, addresses);
  yield address;
  if (address.finding !== "address-missing") yield await checkPort(settings);
  const isLocal = address.finding === "address-loopback";
  yield judgeFirewall(readFirewallFiles(), port, { os, isLocal });
  yield await checkTls(settings);
  const limit = descriptorLimit();
  yield judgeDescriptors(limit, maxClients, planCapacity(settings, limit).clients);
  yield judgeRoot(await inspectFolder(root), uploads);
  yield* checkData(dataDirectory);
}

/** The port is taken for a moment: whether it is free shows in no other way. */
async function checkPort({ hostname, port }: ServerSettings): Promise<ServerFound> {
  try {
    listenTcp({ hostname, port }).close();
    return found("port-free", { port });
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const isDenied = error.cause instanceof Error && /denied|EACCES/i.test(error.cause.message);
    if (error.code !== "in-use") {
      return found(isDenied ? "port-denied" : "port-unusable", { port }, error);
    }
  }
  const near = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
  return judgeUser(port, await whoAnswers({ hostname: near, port }, ANSWER_MS));
}

async function checkTls({ tls, dataDirectory }: ServerSettings): Promise<ServerFound> {
  if (tls === null) return found("tls-off");
  const isOwn = tls === "own";
  const folder = dataDirectory ?? "";
  const [certificatePath, keyPath] = isOwn
    ? [join(folder, TLS_CERTIFICATE_NAME), join(folder, TLS_KEY_NAME)]
    : [tls.certificatePath, tls.keyPath];
  if (isOwn && !exists(keyPath)) return found("tls-made");
  try {
    const certificate = await readCertificate(certificatePath, keyPath);
    const validTo = formatUtcMinute(certificate.validToMs);
    const { fingerprint } = certificate;
    return isOwn
      ? found("tls-own", { fingerprint })
      : judgeCertificate(certificate, Date.now(), validTo);
  } catch (error) {
    // The start makes a certificate of its own anew, but never its key
    if (isOwn && isRenewed(error)) return found("tls-made");
    if (!(error instanceof CertificateError || error instanceof DiskError)) throw error;
    return found("tls-wrong", {}, error);
  }
}

function isRenewed(error: unknown): boolean {
  const codes = ["expired", "not-yet-valid", "no-certificate", "mismatch", "no-name"];
  if (error instanceof CertificateError) return codes.includes(error.code);
  return error instanceof DiskError && error.code === "not-found";
}

async function* checkData(folder: string | null): AsyncGenerator<ServerFound> {
  if (folder === null) {
    yield found("data-none");
    return;
  }
  const facts = await inspectFolder(folder);
  const exposed = await findExposed(folder, STATE_FILES);
  yield judgeData(facts, exposed, isLocked(join(folder, SERVER_LOCK)));
  yield judgeHostClock(Date.now(), await newestChange(folder));
  if (facts.kind !== "folder") return;
  yield judgeDatabase(checkDatabase(join(folder, DATABASE_NAME)));
  yield await checkRules(join(folder, RULE_FILE_NAME));
}

async function checkRules(path: string): Promise<ServerFound> {
  try {
    await RuleFile.open(path);
    return found(exists(path) ? "rules-read" : "rules-none", { path });
  } catch (error) {
    if (!(error instanceof RuleError || error instanceof DiskError)) throw error;
    return found("rules-wrong", { path }, error);
  }
}
