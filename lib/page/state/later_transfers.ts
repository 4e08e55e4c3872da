import type { CheckResult } from "../model/check_result.ts";
import { computed, signal } from "@preact/signals-core";
import type { ConflictAnswer, FolderRow, TransfersModel } from "../model/page_model.ts";
import { takeDrop } from "../transfer/take_drop.ts";
import type { TransfersState } from "./transfers_state.ts";

const NOTHING = { active: 0, done: 0, failed: 0, size: 0, moved: 0, speed: 0 };

/**
 * The transfers of the page, which are loaded after it: the page is usable before. What is asked of
 * them meanwhile is done once they are there.
 */
export class LaterTransfers implements TransfersModel {
  readonly #loaded = signal<TransfersState | null>(null);
  /** Resolves once they are loaded; rejects when they cannot be. */
  readonly ready: Promise<TransfersState>;
  readonly list: TransfersModel["list"] = computed(() => this.#loaded.value?.list.value ?? []);
  readonly summary: TransfersModel["summary"] = computed(() =>
    this.#loaded.value?.summary.value ?? NOTHING
  );
  #isOver = false;

  /** Begins to load them. */
  constructor(load: () => Promise<TransfersState>) {
    this.ready = load().then((transfers) => {
      if (this.#isOver) transfers.stop();
      return this.#loaded.value = transfers;
    });
    this.ready.catch(() => {}); // The page says so
  }

  /** Ends everything, as leaving the page does. */
  stop(): void {
    this.#isOver = true;
    this.#loaded.value?.stop();
  }

  get canGetFolder(): boolean {
    return this.#loaded.value?.canGetFolder ?? false;
  }

  sendFiles(files: readonly File[], folder: string, offerIn?: string): void {
    this.#do((transfers) => transfers.sendFiles(files, folder, offerIn));
  }

  async sendDropped(data: DataTransfer, folder: string, offerIn?: string): Promise<void> {
    const dropped = takeDrop(data); // Empty after the first await
    await (await this.ready).sendDropped(dropped, folder, offerIn);
  }

  get(path: string, size: number): void {
    this.#do((transfers) => transfers.get(path, size));
  }

  async getAll(rows: readonly FolderRow[]): Promise<void> {
    await (await this.ready).getAll(rows);
  }

  pause(id: string): void {
    this.#loaded.value?.pause(id);
  }

  resume(id: string): void {
    this.#loaded.value?.resume(id);
  }

  retry(id: string): void {
    this.#loaded.value?.retry(id);
  }

  cancel(id: string): void {
    this.#loaded.value?.cancel(id);
  }

  async giveFile(id: string, file: File): Promise<void> {
    await (await this.ready).giveFile(id, file);
  }

  answerConflict(id: string, answer: ConflictAnswer, forAll: boolean): void {
    this.#loaded.value?.answerConflict(id, answer, forAll);
  }

  clearFinished(): void {
    this.#loaded.value?.clearFinished();
  }

  async checkFile(file: File, path: string | null): Promise<CheckResult> {
    return await (await this.ready).checkFile(file, path);
  }

  /** At once where they are loaded. */
  #do(action: (transfers: TransfersState) => void): void {
    const loaded = this.#loaded.value;
    if (loaded === null) void this.ready.then(action, () => {}); // The page says so
    else action(loaded);
  }
}
