import type { OpenSocket } from "./page_client.ts";
import type { TabLogin } from "./tab_login.ts";
import { openAt } from "./open_at.ts";
import type { Relay } from "./relay.ts";
import { keptIn, type KeptTexts } from "../text/kept.ts";

/** What the server tells before a connection: `/config.json`. */
export interface ServerConfig {
  readonly version: string;
  readonly name: string;
  readonly features: readonly string[];
  /** Whether there are accounts. */
  readonly accounts: boolean;
  readonly urls: readonly string[];
  readonly fingerprint: string | null;
  /** In bytes; `null` when there is no limit. */
  readonly maximumFileBytes: number | null;
}

/** What the state of the page uses of the browser. */
export interface PagePlatform {
  readonly open: OpenSocket;
  /**
   * Has later connections to other servers than that of the page made by a worker, whose policy names those that have
   * come since the page was loaded. By default the page makes them.
   */
  connectBy(relay: Relay): void;
  /** What the server tells; `null` when it does not answer. */
  config(): Promise<ServerConfig | null>;
  /** Whether plain http is answered with the way to https. */
  needsTls(): Promise<boolean>;
  /** Whether the page came by TLS. */
  readonly isSecure: boolean;
  /** Where the page came from, without a slash at the end. */
  readonly origin: string;
  /** By which the page has come: a link. Default: what the tab keeps. */
  readonly login?: TabLogin | null;
  /** Kept until the tab is closed. */
  readonly tab: KeptTexts;
  /** Kept for all tabs. */
  readonly browser: KeptTexts;
}

/** The platform of a real page. */
export function browserPlatform(): PagePlatform {
  const { origin, protocol } = location;
  let relay: Relay | null = null;
  return {
    open: (signal, at = origin) => openAt(at, signal, at === origin ? null : relay),
    connectBy(next) {
      relay?.retire();
      relay = next;
    },
    config: fetchConfig,
    needsTls: isRedirected,
    isSecure: protocol === "https:",
    origin,
    tab: keptIn(() => sessionStorage),
    browser: keptIn(() => localStorage),
  };
}

async function fetchConfig(): Promise<ServerConfig | null> {
  try {
    const answer = await fetch("/config.json", { cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function isRedirected(): Promise<boolean> {
  try {
    const { type } = await fetch("/config.json", { cache: "no-store", redirect: "manual" });
    return type === "opaqueredirect";
  } catch {
    return false;
  }
}
