import { type DownloadAnswers, Downloads } from "./downloads.ts";
import type { SessionContext } from "../context/session_context.ts";
import { type UploadAnswers, Uploads } from "./uploads.ts";

/** How transfers talk to their connection. */
export type TransferAnswers = DownloadAnswers & Omit<UploadAnswers, "violated" | "recycle">;

/** The transfers of one protocol 2 connection, in both directions. */
export class Transfers {
  readonly downloads: Downloads;
  readonly uploads: Uploads;

  /** @param context of the connection that they go over */
  constructor(context: SessionContext, answers: TransferAnswers) {
    const { reader } = context.connection;
    this.downloads = new Downloads(context, answers);
    this.uploads = new Uploads(context, {
      ...answers,
      violated: context.onViolation,
      recycle: (buffer) => reader.recycle(buffer),
    });
  }

  /** Whether all that is under way waits for data that have not come. */
  get isStuck(): boolean {
    return this.downloads.isIdle && this.uploads.isHungry;
  }

  /** Resolves when all that can be answered is. */
  async drained(): Promise<void> {
    await Promise.all([this.downloads.drained(), this.uploads.drained()]);
  }
}
