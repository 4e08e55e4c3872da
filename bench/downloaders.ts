import { join } from "@std/path";
import type { BenchFixture } from "./fixture.ts";
import { PeerProcess } from "./peer_process.ts";
import type { DownloaderOptions, DownloadOrder, DownloadReport } from "./peers/downloader.ts";

/** Options of a {@link Downloader}, without its server. */
export interface DownloaderSettings {
  readonly protocol: 1 | 2;
  /** Data connections. Default 1. */
  readonly connections?: number;
  /** Whether to use TLS, with any server. Default `false`. */
  readonly tls?: boolean;
  /** The name of its download folder. Default `client`. */
  readonly name?: string;
}

/** A client as a child process that downloads on demand. */
export class Downloader implements AsyncDisposable {
  readonly process: PeerProcess;
  /** The download folder. */
  readonly directory: string;

  private constructor(options: DownloaderOptions) {
    this.process = new PeerProcess("downloader", options);
    this.directory = options.directory;
  }

  /** Starts the client; resolves once it is connected. */
  static async start(
    fixture: BenchFixture,
    port: number,
    { name = "client", ...settings }: DownloaderSettings,
  ): Promise<Downloader> {
    const directory = join(fixture.received, name);
    const downloader = new Downloader({ port, directory, ...settings });
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

/** The duration of a transfer. */
export function secondsOf(report: { readonly startedMs: number; readonly endedMs: number }) {
  return (report.endedMs - report.startedMs) / 1000;
}
