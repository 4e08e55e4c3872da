import { join } from "@std/path";
import { PeerProcess } from "./peer_process.ts";
import type { DownloaderOptions, DownloadOrder, DownloadReport } from "./peers/downloader.ts";
import type { Workplace } from "./workplace.ts";

/** A client in a process of its own that downloads on demand, over one connection. */
export class Downloader implements AsyncDisposable {
  readonly process: PeerProcess;

  private constructor(options: DownloaderOptions) {
    this.process = new PeerProcess("downloader", options);
  }

  /** Starts it. `name` is the folder that it downloads to. */
  static async start(place: Workplace, port: number, name = "client"): Promise<Downloader> {
    const downloader = new Downloader({ port, directory: join(place.received, name) });
    await downloader.process.report();
    return downloader;
  }

  /** Downloads with `window` requests under way. */
  download(paths: readonly string[], window = 1): Promise<DownloadReport> {
    return this.process.ask<DownloadReport>({ paths, window } satisfies DownloadOrder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

/** How long a download took. */
export function secondsOf({ startedMs, endedMs }: DownloadReport): number {
  return (endedMs - startedMs) / 1000;
}
