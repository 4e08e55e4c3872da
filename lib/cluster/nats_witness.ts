import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { deadline } from "../async/deadline.ts";
import { Listeners } from "../async/listeners.ts";
import { pause } from "../async/pause.ts";
import { NatsLink, type NatsOptions } from "./nats_link.ts";

/** The time before another attempt to have a second connection, or one to another server than the first. */
const RETRY_MS = 250;

/** A server that tells nothing for so long of what the first one has told is left. */
const SILENT_MS = 500;

/** What listens to a {@link NatsWitness}. */
export interface WitnessListener {
  readonly subject: string;
  readonly onMessage: (message: Msg) => void;
  /** Whether the witness lacks for so long what the first connection has told. */
  readonly isSilent: (ms: number) => boolean;
  /** Called when it is another server from now on. */
  readonly onMove: () => void;
}

/** A second connection to NATS, to another server than the first: it tells what that server knows. */
export class NatsWitness implements AsyncDisposable {
  readonly #own: NatsLink;
  readonly #options: NatsOptions;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<WitnessListener>();
  readonly #apartListeners = new Listeners();
  readonly #work: Promise<void>;
  #link: NatsLink | null = null;
  /** Until it is connected again: what is asked in the meantime is lost with the former connection. */
  #isMoving = false;

  /** Connects in the background, for as long as it takes. Does not own the first connection. */
  constructor(own: NatsLink, options: NatsOptions) {
    this.#own = own;
    this.#options = options;
    this.#work = this.#run();
  }

  /** Calls `onMessage` with the messages to the subject, whenever there is a connection. */
  subscribe(listener: WitnessListener): Disposable {
    this.#listeners.add(listener);
    if (this.#link !== null) this.#listen(this.#link, listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** Calls `listener` once there is a connection to another server again: it has missed what was told before. */
  onApart(listener: () => void): Disposable {
    return this.#apartListeners.add(listener);
  }

  /** Resolves once there is a connection to another server, at the latest after so many milliseconds. */
  async untilApart(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    using _ = this.onApart(resolve);
    await deadline(promise, ms, undefined);
  }

  /**
   * Asks that server something; `null` while there is none. One that does not answer is left.
   *
   * @throws what the question throws
   */
  async ask<T>(question: (connection: NatsConnection) => Promise<T>): Promise<T | null> {
    const link = this.#link;
    const isThere = link?.state === "connected" && !this.#isMoving && !this.#isBesideOwn(link);
    if (link === null || !isThere) return null;
    try {
      return await question(link.connection);
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#move();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#work;
    await this.#link?.[Symbol.asyncDispose]();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    for (let wasApart = false; !signal.aborted;) {
      this.#link ??= await this.#connect();
      const isConnected = this.#link?.state === "connected";
      const isApart = this.#link !== null && isConnected && !this.#isBesideOwn(this.#link);
      const isSilent = isApart && this.#listeners.values().some((each) => each.isSilent(SILENT_MS));
      if (isSilent || (isConnected && !isApart)) this.#move();
      if (isApart && !wasApart) this.#apartListeners.tell();
      wasApart = isApart;
      await pause(RETRY_MS, signal);
    }
  }

  #move(): void {
    for (const { onMove } of this.#listeners) onMove();
    this.#isMoving = true;
    this.#link?.connection.reconnect();
  }

  async #connect(): Promise<NatsLink | null> {
    const link = await NatsLink.connect(this.#options).catch(() => null);
    link?.onState((state) => {
      if (state === "connected") this.#isMoving = false;
    });
    if (link !== null) { for (const listener of this.#listeners) this.#listen(link, listener); }
    return link;
  }

  #isBesideOwn({ connection }: NatsLink): boolean {
    return connection.info?.server_id === this.#own.connection.info?.server_id;
  }

  #listen(link: NatsLink, { subject, onMessage }: WitnessListener): void {
    link.connection.subscribe(subject, {
      callback: (error, message) => {
        // Two connections to one server tell nothing that one does not
        if (error === null && !this.#isBesideOwn(link)) onMessage(message);
      },
    });
  }
}
