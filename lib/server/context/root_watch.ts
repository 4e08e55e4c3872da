import { fill } from "../../protocol/fill_text.ts";
import type { DirectoryStore } from "../../files/directory_store.ts";
import { LOG_TEXTS } from "../config/log_texts.ts";
import type { ServerSettings } from "../config/options.ts";

/** Logs that the served folder is gone, once, and that it is back. */
export class RootWatch {
  readonly #store: DirectoryStore;
  readonly #settings: ServerSettings;
  #isGone = false;
  /** Losses that requests have noticed: an older check must not count as the return. */
  #noticed = 0;

  /** Takes the folder to be there. */
  constructor(store: DirectoryStore, settings: ServerSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Takes the word of a failed request: the next check is due only later. */
  noticeLoss(): void {
    this.#noticed++;
    this.#report(true);
  }

  /** Looks whether the folder is there. Never rejects. */
  async check(): Promise<void> {
    const noticed = this.#noticed;
    const isGone = await this.#store.checkRoot().then(() => false, () => true);
    if (noticed === this.#noticed) this.#report(isGone);
  }

  #report(isGone: boolean): void {
    if (isGone === this.#isGone) return;
    this.#isGone = isGone;
    const { onEvent, language } = this.#settings;
    const text = isGone ? LOG_TEXTS.rootGone : LOG_TEXTS.rootBack;
    const message = fill(text, language, { path: this.#store.root });
    onEvent({ event: isGone ? "error" : "warning", message });
  }
}
