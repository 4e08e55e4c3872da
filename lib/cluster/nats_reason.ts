import { NatsLink, type NatsOptions } from "./nats_link.ts";

/** A connection that is lost for so long, in milliseconds, needs a reason. */
const LOST_MS = 5_000;

/**
 * Tells why a lost connection to NATS is not made again, such as a certificate that has expired: the library tries
 * it in silence. Disposal ends that.
 */
export class LossReason implements AsyncDisposable {
  readonly #link: NatsLink;
  readonly #options: NatsOptions;
  readonly #listening: Disposable;
  readonly #lostMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<void> = Promise.resolve();

  /** Does not own the connection. @param options those of the connection */
  constructor(link: NatsLink, options: NatsOptions, lostMs: number = LOST_MS) {
    this.#link = link;
    this.#options = options;
    this.#lostMs = lostMs;
    this.#listening = link.onState((state) => {
      clearTimeout(this.#timer);
      if (state === "lost") {
        this.#timer = setTimeout(() => this.#asking = this.#ask(), this.#lostMs);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    clearTimeout(this.#timer);
    await this.#asking;
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    const { onError: _, ...options } = this.#options;
    try {
      await using _link = await NatsLink.connect(options);
    } catch (error) {
      if (this.#link.state === "lost") this.#link.complain(error as Error);
    }
  }
}
