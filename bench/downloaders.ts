import { join } from "@std/path";
import { PeerProcess } from "./peer_process.ts";
import type { DownloaderOptions, DownloadOrder, DownloadReport } from "./peers/downloader.ts";
import type { BenchFixture } from "./fixture.ts";

/** What a {@link Downloader} is, beside where it connects to. */
export interface DownloaderKind {
  readonly protocol: 1 | 2;
  /** Data connections. Default 1. */
  readonly connections?: number;
  /** Speak TLS, with whatever server there is. Default `false`. */
  readonly tls?: boolean;
  /** The folder that it downloads to. Default `client`. */
  readonly name?: string;
}

/** A client in a process of its own that downloads on demand. */
export class Downloader implements AsyncDisposable {
  readonly process: PeerProcess;
  /** Where its files go. */
  readonly directory: string;

  private constructor(options: DownloaderOptions) {
    this.process = new PeerProcess("downloader", options);
    this.directory = options.directory;
  }

  /** Starts it; resolves once it is connected. */
  static async start(
    place: BenchFixture,
    port: number,
    { name = "client", ...kind }: DownloaderKind,
  ): Promise<Downloader> {
    const directory = join(place.received, name);
    const downloader = new Downloader({ port, directory, ...kind });
    await downloader.process.report();
    return downloader;
  }

  /** Downloads files, and deletes them. */
  download(order: DownloadOrder): Promise<DownloadReport> {
    return this.process.ask<DownloadReport>(order);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

/** How long a transfer took. */
export function secondsOf(report: { readonly startedMs: number; readonly endedMs: number }) {
  return (report.endedMs - report.startedMs) / 1000;
}
