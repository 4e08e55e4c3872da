import type { Language, RequestErrorCode } from "../protocol/errors.ts";
import type { Text } from "../protocol/fill_text.ts";
import type { Socket } from "../stream/socket.ts";
import type { ServerServices } from "./context/services.ts";

/** A connection that turned out to speak HTTP. */
export interface HttpConnection {
  /** The number of the connection: negative, those of clients are positive. */
  readonly id: number;
  readonly socket: Socket;
  /** What was read from the socket already. */
  readonly first: Uint8Array<ArrayBuffer>;
}

/** A running server, as its web page uses it. */
export interface WebHost {
  readonly services: ServerServices;
  /** The port that the server listens on. */
  readonly port: number;
  /** SHA-256 of the server's public key in hex; `null` without TLS. */
  readonly fingerprint: string | null;
  /**
   * Serves a client of protocol 2 over a socket, in place of an HTTP connection. Owns the socket;
   * resolves once it is closed.
   */
  serveClient(socket: Socket): Promise<void>;
}

/** The HTTP connections of a server. */
export interface WebFront {
  /** The number of connections that speak HTTP, without those that clients have. */
  readonly count: number;
  /** Answers the requests of a connection, which it owns. Resolves once it is closed. */
  serve(connection: HttpConnection): Promise<void>;
  /** Closes connections that are too slow. @param nowMs a reading of `performance.now()` */
  checkDeadlines(nowMs: number): void;
  /** Closes connections of some addresses. */
  closeAddresses(isClosed: (address: string) => boolean): void;
  /**
   * Closes the connection that has waited longest for its next request.
   *
   * @returns its number; `null` if no connection of those addresses is idle
   */
  closeLongestIdle(isCandidate: (address: string) => boolean): number | null;
  /** Closes idle connections; the others close after the answer under way. */
  stop(): void;
  /** Closes all connections. */
  close(): void;
}

/** What a server does with connections that speak HTTP: `webPage()` makes it. */
export interface WebPage {
  /** The addresses of the page, the likeliest first. @param port the port of the server */
  urls(port: number, isTls: boolean): readonly string[];
  /** Loads the page. */
  open(host: WebHost): Promise<WebFront>;
  /**
   * The answer to plain HTTP on a port that speaks TLS; `null` if the bytes are no HTTP.
   *
   * @param first the first bytes of a connection
   */
  redirectToTls(first: Uint8Array): Uint8Array | null;
  /**
   * The answer to a peer that is not admitted; `null` if the bytes are no HTTP.
   *
   * @param first the first bytes of a connection
   * @param text the reason, for people
   * @param language where they ask for none that is spoken here
   */
  refuse(
    first: Uint8Array,
    code: RequestErrorCode,
    text: Text,
    language: Language,
  ): Uint8Array | null;
}
