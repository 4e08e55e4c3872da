import { errors } from "@nats-io/transport-node";
import type { Msg } from "@nats-io/transport-node";
import { type Bus, BusError, type BusMessage } from "./engine.ts";
import type { NatsLink } from "./nats_link.ts";

/** The messages between servers, over core NATS. */
export class NatsBus implements Bus {
  readonly #link: NatsLink;

  /** Does not own the connection. */
  constructor(link: NatsLink) {
    this.#link = link;
  }

  publish(subject: string, payload: Uint8Array): void {
    if (this.#link.state === "connected") this.#link.connection.publish(subject, payload);
  }

  subscribe(subject: string, onMessage: (message: BusMessage) => void, group?: string): Disposable {
    const subscription = this.#link.connection.subscribe(subject, {
      ...(group !== undefined && { queue: group }),
      callback: (error, message) => {
        if (error === null) onMessage(new NatsMessage(message));
        else this.#link.complain(error);
      },
    });
    return { [Symbol.dispose]: () => subscription.unsubscribe() };
  }

  async request(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#link.state === "lost") throw new BusError("late", subject);
    try {
      const { data } = await this.#link.connection.request(subject, payload, {
        timeout: timeoutMs,
      });
      return new Uint8Array(data); // Not a part of what the socket has read, as `slice` of a Node buffer is
    } catch (error) {
      const isNobody = error instanceof errors.NoRespondersError ||
        error instanceof errors.RequestError && error.isNoResponders();
      throw new BusError(isNobody ? "nobody" : "late", subject);
    }
  }
}

class NatsMessage implements BusMessage {
  readonly payload: Uint8Array;
  readonly #message: Msg;

  constructor(message: Msg) {
    this.payload = message.data;
    this.#message = message;
  }

  respond(payload: Uint8Array): void {
    this.#message.respond(payload);
  }
}
