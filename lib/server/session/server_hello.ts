import { mechanismsFor } from "../../accounts/scram_mechanisms.ts";
import type { ChatRate, ServerHello } from "../../protocol/hello.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { AGENT } from "../../version.ts";
import type { ServerSettings } from "../config/options.ts";
import type { ServerServices } from "../context/services.ts";

/**
 * The HELO of a server, with the nick and the session token of the client that it answers.
 *
 * @param endPoint the `tls-server-end-point` of the connection; `null` where it has none
 */
export function serverHello(
  { settings, cluster }: Pick<ServerServices, "settings" | "cluster">,
  you: ServerHello["you"],
  endPoint: Uint8Array | null,
): ServerHello {
  return {
    agent: AGENT,
    features: [...featuresOf(settings), ...(cluster === null ? [] : ["cluster"])],
    limits: {
      control: LIMITS.controlBytes,
      data: LIMITS.dataBytes,
      message: LIMITS.messageBytes,
      chat: chatRateOf(settings),
    },
    auth: { required: settings.requireAccount, mechanisms: mechanismsFor(endPoint) },
    you,
    time: Date.now(),
    cluster: cluster && { name: cluster.name, history: cluster.history },
    peers: cluster?.peers ?? [],
  };
}

/** A fraction of a message a second has no place on the wire: such a server tells no rate. */
function chatRateOf({ chat, chatPerSecond: perSecond }: ServerSettings): ChatRate | null {
  return chat && Number.isInteger(perSecond) ? { burst: LIMITS.chatBurst, perSecond } : null;
}

/** The features of section 7 of the protocol that the settings enable. */
export function featuresOf({ chat, files, uploads, hasPage }: ServerSettings): string[] {
  return [
    ...(files
      ? [
        "files",
        "names",
        "zstd",
        "ranges",
        "rights",
        "links",
        "batch",
        "exec",
        "pages",
        "doubt",
        "sums",
      ]
      : []),
    ...(hasPage ? ["web"] : []),
    ...(files && hasPage ? ["tickets"] : []),
    ...(files && uploads ? ["upload", "discard", "known", "manage", "upload-batch"] : []),
    ...(chat
      ? ["chat", "presence", "rooms", "topic", "away", "pace", "resume", "login", "rename"]
      : []),
  ];
}
