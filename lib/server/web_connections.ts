import { TaskGroup } from "../async/task_group.ts";
import { messageOf } from "../protocol/errors.ts";
import { closeSocket } from "../stream/socket.ts";
import type { HttpConnection, WebFront, WebHost, WebPage } from "./web_page.ts";

/** The HTTP connections of a server, whose page is loaded for the first of them. */
export class WebConnections {
  readonly #page: WebPage;
  readonly #host: WebHost;
  #opening: Promise<WebFront> | null = null;
  #front: WebFront | null = null;
  readonly #tasks = new TaskGroup();

  /** Loads nothing yet. */
  constructor(page: WebPage, host: WebHost) {
    this.#page = page;
    this.#host = host;
  }

  /** Answers the requests of a connection, which it owns. Never rejects. */
  async serve(connection: HttpConnection): Promise<void> {
    const { stopping, settings } = this.#host.services;
    this.#tasks.begin();
    try {
      const front = await this.#open();
      if (stopping.aborted) return;
      await front.serve(connection);
    } catch (error) {
      settings.onEvent({ event: "error", message: messageOf(error) });
    } finally {
      closeSocket(connection.socket);
      this.#tasks.end();
    }
  }

  /** What answers the requests; `null` until the page is loaded. */
  get front(): WebFront | null {
    return this.#front;
  }

  /** Resolves once all connections are closed. */
  idle(): Promise<void> {
    return this.#tasks.idle();
  }

  async #open(): Promise<WebFront> {
    this.#opening ??= this.#page.open(this.#host);
    return this.#front = await this.#opening;
  }
}
