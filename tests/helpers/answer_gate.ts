import { Condition } from "../../lib/async/condition.ts";
import { FrameSplitter, typeOf } from "./frame_splitter.ts";
import type { ProxyLink, Tap } from "./proxy.ts";

/** A connection through an {@link AnswerGate}. */
export interface GatedLink {
  /** Its number, from 0, in the order of the first frames. */
  readonly number: number;
  /** The types of the frames that the client has sent. */
  readonly sent: readonly string[];
}

/**
 * Withholds what servers say until clients have sent enough: a client that waits for an answer before it
 * asks on is found out without a clock.
 */
export class AnswerGate {
  readonly #links = new Map<ProxyLink, GatedLink & { sent: string[]; splitter: FrameSplitter }>();
  readonly #changed = new Condition();
  readonly #mayAnswer: (link: GatedLink) => boolean;

  /** @param mayAnswer whether what the server says may pass now. Asked again with each frame. */
  constructor(mayAnswer: (link: GatedLink) => boolean) {
    this.#mayAnswer = mayAnswer;
  }

  /** The connections so far. */
  get links(): GatedLink[] {
    return [...this.#links.values()];
  }

  /** All frames of the clients so far, over all connections. */
  get sent(): string[] {
    return this.links.flatMap(({ sent }) => sent);
  }

  /** For {@link Proxy.start}. */
  readonly tap: Tap = async (chunk, { direction, link }, next) => {
    if (direction === "up") {
      this.#note(link, chunk);
      return await next(chunk);
    }
    while (!this.#mayAnswer(this.#of(link))) await this.#changed.wait();
    await next(chunk);
  };

  #of(link: ProxyLink) {
    const known = this.#links.get(link) ??
      { number: this.#links.size, sent: [], splitter: new FrameSplitter() };
    this.#links.set(link, known);
    return known;
  }

  #note(link: ProxyLink, chunk: Uint8Array): void {
    const { sent, splitter } = this.#of(link);
    for (const frame of splitter.add(chunk)) sent.push(typeOf(frame));
    this.#changed.notifyAll();
  }
}
