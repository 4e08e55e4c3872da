import { TaskGroup } from "../async/task_group.ts";
import { messageOf } from "../protocol/errors.ts";
import { acceptConnections, type Listener } from "../stream/listener.ts";
import { formatAddress } from "../stream/ip_address.ts";
import { closeSocket, type Socket } from "../stream/socket.ts";
import type { Capacity } from "./admission/capacity.ts";
import { ConnectionLimiter } from "./admission/connection_limiter.ts";
import { ConnectionNumbers } from "./admission/connection_numbers.ts";
import type { DisconnectReason } from "./config/events.ts";
import type { ServerServices } from "./context/services.ts";
import { RepeatedFailure } from "./monitoring/repeated_failure.ts";
import { ClientSession } from "./session/client_session.ts";
import type { Speech, TakenSocket } from "./session/speech.ts";
import { WebConnections } from "./web_connections.ts";
import type { WebPage } from "./web_page.ts";

/** What {@link Connections} are made from. */
export interface ConnectionsOptions {
  readonly services: ServerServices;
  readonly capacity: Capacity;
  /** `null` for a server that speaks frames only. */
  readonly web: WebPage | null;
  /** The port that the server listens on. */
  readonly port: number;
  /** SHA-256 of the server's public key in hex; `null` without TLS. */
  readonly fingerprint: string | null;
}

/** The connections of a server, from their admission to their end. */
export class Connections {
  /** Those that speak HTTP; `null` for a server that speaks frames only. */
  readonly web: WebConnections | null;
  readonly #services: ServerServices;
  readonly #limiter: ConnectionLimiter;
  readonly #sessions = new Map<number, ClientSession>();
  readonly #tasks = new TaskGroup();
  readonly #openings = new RepeatedFailure((error) => this.#onError(error));
  readonly #numbers = new ConnectionNumbers();
  /** The number of the last connection that speaks HTTP: they count downwards from -1. */
  #lastHttp = 0;
  /** The addresses of those that have a place, by their number. */
  readonly #httpPlaces = new Map<number, string>();

  /** Has no connection yet. */
  constructor({ services, capacity, web, port, fingerprint }: ConnectionsOptions) {
    this.#services = services;
    this.#limiter = new ConnectionLimiter(services, capacity, {
      refuseHttp: web?.refuse ?? null,
      makeRoom: (isCandidate) => this.#makeRoom(isCandidate),
    });
    const serveClient = (socket: Socket) => this.#serveWebClient(socket);
    const host = { services, port, fingerprint, serveClient };
    this.web = web === null ? null : new WebConnections(web, host);
  }

  /** Serves the connections of a listener until that is closed. */
  accept(listener: Listener): Promise<void> {
    return acceptConnections(
      listener,
      (socket) => this.#onConnection(socket),
      (error) => this.#onError(error),
    );
  }

  /** The sessions that are open now, oldest first. */
  sessions(): Iterable<ClientSession> {
    return this.#sessions.values();
  }

  /** The session with that number. */
  session(id: number): ClientSession | undefined {
    return this.#sessions.get(id);
  }

  /** Resolves once all connections are closed. */
  idle(): Promise<void> {
    return this.#tasks.idle();
  }

  /** A connection that was accepted while the server began to stop would outlive it. */
  #onConnection(socket: Socket): void | Promise<void> {
    if (this.#services.stopping.aborted) return closeSocket(socket);
    const refusal = this.#limiter.admit(socket);
    if (refusal !== null) {
      this.#tasks.add(refusal);
      return this.#limiter.refusalRoom();
    }
    const session = this.#openSession(socket, this.web === null ? "frames" : "any");
    if (session === null) return this.#limiter.release(formatAddress(socket.remoteAddr));
    this.#services.stats.connections++;
    this.#tasks.begin();
    session.run().then((end) => this.#onEnded(session, end));
  }

  /** A fault of the server ends the new connection, and no other. */
  #openSession(socket: Socket, speech: Speech): ClientSession | null {
    const id = this.#numbers.take();
    const open = () => new ClientSession(id, socket, this.#services, speech);
    const session = this.#openings.run<ClientSession | null>(open, () => null);
    if (session === null) closeSocket(socket);
    else this.#sessions.set(id, session);
    return session;
  }

  /** A connection that turns out to speak HTTP keeps its place until that has ended, too. */
  #onEnded({ id, address }: ClientSession, end: DisconnectReason | TakenSocket): void {
    this.#sessions.delete(id);
    if (typeof end === "string") {
      this.#onClosed(address);
      return this.#reportEnd(id, end);
    }
    this.#numbers.giveBack(id);
    const http = --this.#lastHttp;
    this.#httpPlaces.set(http, address);
    const served = this.web?.serve({ id: http, ...end }) ?? Promise.resolve();
    served.finally(() => {
      this.#releaseHttp(http);
      this.#tasks.end();
    });
  }

  #onClosed(address: string): void {
    this.#limiter.release(address);
    this.#tasks.end();
  }

  /** An HTTP connection without a request gives its place at once: browsers open another when they need one. */
  #makeRoom(isCandidate: (address: string) => boolean): boolean {
    const closed = this.web?.front?.closeLongestIdle(isCandidate) ?? null;
    if (closed !== null) this.#releaseHttp(closed);
    return closed !== null;
  }

  #releaseHttp(id: number): void {
    const address = this.#httpPlaces.get(id);
    if (this.#httpPlaces.delete(id) && address !== undefined) this.#limiter.release(address);
  }

  /** Serves a client over a WebSocket, in place of the HTTP connection. */
  async #serveWebClient(socket: Socket): Promise<void> {
    if (this.#services.stopping.aborted) return closeSocket(socket);
    const session = this.#openSession(socket, "web");
    if (session === null) return;
    const end = await session.run();
    this.#sessions.delete(session.id);
    if (typeof end === "string") this.#reportEnd(session.id, end);
  }

  #reportEnd(client: number, reason: DisconnectReason): void {
    this.#services.settings.onEvent({ event: "disconnected", client, reason });
  }

  #onError(error: unknown): void {
    this.#services.settings.onEvent({ event: "error", message: messageOf(error) });
  }
}
