import type {
  HttpConnection as TakenConnection,
  WebFront as Front,
  WebHost,
} from "../server/web_page.ts";
import { HttpConnection } from "./http_connection.ts";
import { Routes } from "./routes.ts";
import type { WebPageOptions } from "./page_options.ts";

/** The HTTP connections of a server, with what answers them. */
export class WebFront implements Front {
  readonly #routes: Routes;
  readonly #connections = new Set<HttpConnection>();

  /** Has no connection yet. */
  constructor(host: WebHost, options: WebPageOptions) {
    this.#routes = new Routes(host, options);
  }

  get count(): number {
    return [...this.#connections].filter(({ isUpgraded }) => !isUpgraded).length;
  }

  async serve(taken: TakenConnection): Promise<void> {
    const connection = new HttpConnection(taken, this.#routes);
    this.#connections.add(connection);
    await connection.run();
    this.#connections.delete(connection);
  }

  checkDeadlines(nowMs: number): void {
    for (const connection of this.#connections) connection.checkDeadlines(nowMs);
  }

  closeAddresses(isClosed: (address: string) => boolean): void {
    for (const connection of this.#connections) {
      if (isClosed(connection.address)) connection.close();
    }
  }

  closeLongestIdle(isCandidate: (address: string) => boolean): number | null {
    let longest: HttpConnection | null = null;
    let sinceMs = Infinity;
    for (const connection of this.#connections) {
      const { idleSinceMs, address } = connection;
      if (idleSinceMs === null || idleSinceMs >= sinceMs || !isCandidate(address)) continue;
      longest = connection;
      sinceMs = idleSinceMs;
    }
    longest?.close();
    return longest?.id ?? null;
  }

  stop(): void {
    for (const connection of this.#connections) connection.stop();
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
