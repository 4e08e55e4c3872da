import type { ServerInfo } from "../model/page_model.ts";
import type { PageClient } from "../net/page_client.ts";
import type { ServerConfig } from "../net/platform.ts";

/** What the page shows of its server, from HELO and what the server tells pages. @param host for one without a name */
export function serverInfo(
  { features }: Pick<PageClient, "features">,
  config: ServerConfig | null,
  host: string,
): ServerInfo {
  return {
    name: config?.name || host,
    version: config?.version ?? "",
    hasChat: features.includes("chat"),
    hasUpload: features.includes("upload"),
    hasAccounts: config?.accounts ?? false,
    urls: config?.urls ?? [],
    fingerprint: config?.fingerprint ?? null,
    maximumFileBytes: config?.maximumFileBytes ?? null,
  };
}
