import { browserPlatform } from "../net/platform.ts";
import type { KeptTexts } from "../text/kept.ts";
import { followLink, saveBlob } from "../transfer/browser_files.ts";
import { guardTransfers } from "../transfer/guards.ts";
import { jobsInDatabase, type KeptJobs, nameTab } from "../transfer/kept_jobs.ts";
import type { MoverWorker } from "../transfer/mover_pool.ts";
import { type PrivateFiles, privateFilesOfBrowser } from "../transfer/private_files.ts";
import type { ReadonlySignal } from "@preact/signals-core";

/** Content that a page may hold in memory … */
const MEMORY_BYTES = 128 * 1024 * 1024;
/** … by a link, where the browser cannot take what is larger by itself … */
const LINK_MEMORY_BYTES = 1024 * 1024 * 1024;
/** … and on a phone, whose browser ends pages that hold more. */
const PHONE_MEMORY_BYTES = 64 * 1024 * 1024;
/** Movers at once … */
const MOVERS = 2;
/** … where there are more cores than this. */
const FEW_CORES = 2;

/** What transfers use of the browser. */
export interface TransferPlatform {
  /** @param isFresh whether it needs the policy that the server gives now */
  startWorker(isFresh: boolean): MoverWorker;
  readonly movers: number;
  /** In bytes: larger downloads go elsewhere. */
  readonly memoryBytes: number;
  /** `null` where the browser has none. */
  readonly privateFiles: PrivateFiles | null;
  readonly kept: KeptJobs;
  /** The name of this tab, and of this browser: each at random, once. */
  readonly tab: string;
  readonly browser: string;
  save(blob: Blob, name: string): void;
  /** Lets the browser download a link by itself. */
  follow(url: string, name: string): void;
  /** Asks the person for a folder; `null` where the browser cannot. */
  readonly pickFolder: (() => Promise<FileSystemDirectoryHandle>) | null;
  /** Guards the page while transfers are under way. */
  guard(active: ReadonlySignal<number>): void;
}

/** The platform of a real page. @param scope as of the page's transfers */
export function browserTransfers(scope: string): TransferPlatform {
  const { tab, browser } = browserPlatform();
  const isPhone = matchMedia("(pointer: coarse)").matches;
  const isSmall = isPhone || navigator.hardwareConcurrency <= FEW_CORES;
  const tabName = nameTab(scope, randomName(tab, "tab"));
  return {
    startWorker: (isFresh) => {
      const url = isFresh ? `/mover.js?${Date.now()}` : "/mover.js"; // No cache knows that one
      return new Worker(url, { type: "module" }) as unknown as MoverWorker;
    },
    movers: isSmall ? 1 : MOVERS,
    memoryBytes: isPhone ? PHONE_MEMORY_BYTES : scope === "" ? MEMORY_BYTES : LINK_MEMORY_BYTES,
    privateFiles: privateFilesOfBrowser(),
    kept: jobsInDatabase(tabName),
    tab: tabName,
    browser: randomName(browser, "browser"),
    save: saveBlob,
    follow: followLink,
    pickFolder: folderPicker(),
    guard: guardTransfers,
  };
}

/** A random name, the same as long as it is kept. */
function randomName(texts: KeptTexts, name: string): string {
  const value = texts.get(name) ?? crypto.getRandomValues(new Uint8Array(16)).toHex();
  texts.set(name, value);
  return value;
}

function folderPicker(): TransferPlatform["pickFolder"] {
  const { showDirectoryPicker } = window as unknown as {
    showDirectoryPicker?: (options: object) => Promise<FileSystemDirectoryHandle>;
  };
  if (showDirectoryPicker === undefined || !isSecureContext) return null;
  return () => showDirectoryPicker.call(window, { mode: "readwrite" });
}
