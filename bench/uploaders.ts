import { PeerProcess } from "./peer_process.ts";
import type { UploaderOptions, UploadOrder, UploadReport } from "./peers/uploader.ts";

/** A client as a child process that uploads on demand, with protocol 2 over one connection. */
export class Uploader implements AsyncDisposable {
  readonly process: PeerProcess;

  private constructor(options: UploaderOptions) {
    this.process = new PeerProcess("uploader", options);
  }

  /** Starts the client; resolves once it is connected. */
  static async start(port: number): Promise<Uploader> {
    const uploader = new Uploader({ port });
    await uploader.process.report();
    return uploader;
  }

  /** Uploads a file. */
  upload(order: UploadOrder): Promise<UploadReport> {
    return this.process.ask<UploadReport>(order);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}
