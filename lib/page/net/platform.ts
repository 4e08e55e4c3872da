import type { OpenSocket } from "./page_client.ts";
import { openBrowserSocket } from "./browser_socket.ts";
import type { TabLogin } from "./tab_login.ts";
import { keptIn, type KeptTexts } from "../text/kept.ts";

/** How long opening a connection may take. */
const CONNECT_TIMEOUT_MS = 10_000;

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
  return {
    open: (signal, at = origin) =>
      openBrowserSocket(`${at.replace("http", "ws")}/ws`, {
        timeoutMs: CONNECT_TIMEOUT_MS,
        ...(signal && { signal }),
      }),
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
