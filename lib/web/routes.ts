import { loadByUrl } from "../load_by_url.ts";
import { messageOf, REQUEST_ERROR_TEXTS, RequestError } from "../protocol/errors.ts";
import { textForPeer } from "../protocol/reason_texts.ts";
import { cleanLine } from "../protocol/text.ts";
import { countRefusal } from "../server/monitoring/stats.ts";
import type { WebHost } from "../server/web_page.ts";
import type { Socket } from "../stream/socket.ts";
import { configAnswer } from "./config_answer.ts";
import { isFilePath, servedAnswer } from "./file_routes.ts";
import {
  type Host,
  isKnownHost,
  memberOrigins,
  type PageOrigins,
  parseHost,
} from "./host_guard.ts";
import { failureAnswer, type HttpAnswer } from "./http_answer.ts";
import type { HttpPeer, Responder } from "./http_connection.ts";
import { HttpFailure, httpFailureOf } from "./http_failure.ts";
import { HTTP_TEXTS, malformedText, otherHostText } from "./http_texts.ts";
import type { RequestHead } from "./request_head.ts";
import type { WebPageOptions } from "./page_options.ts";
import { acceptWebSocket, WS_PATH } from "./ws_handshake.ts";
import { WsSocket } from "./ws_socket.ts";

/** Characters of a refused path that are logged. */
const LOGGED_CHARACTERS = 200;

/** What a file of the page may be called: nothing is loaded for other paths. */
const LIKE_PAGE_FILE = /^\/(?:[\w-]+\.(?:css|js|svg|txt))?$/;
/** A megabyte: it gets a turn of its own, and curl does without it. */
const pageFiles = () =>
  loadByUrl<typeof import("./page_files.ts")>(new URL("./page_files.ts", import.meta.url));

/** A request that has passed the guard. */
interface Routed {
  readonly head: RequestHead;
  readonly host: Host;
  readonly peer: HttpPeer;
  /** Fires when the connection is closed. */
  readonly signal: AbortSignal;
}

/** Finds the answers to requests. */
export class Routes implements Responder {
  readonly #server: WebHost;
  readonly #options: WebPageOptions;

  /** Answers for a server. */
  constructor(server: WebHost, options: WebPageOptions) {
    this.#server = server;
    this.#options = options;
  }

  async answer(head: RequestHead, peer: HttpPeer, signal: AbortSignal): Promise<HttpAnswer> {
    const { webPeers, turns } = this.#server.services;
    webPeers.see(peer.address);
    const turn = turns.take({ address: peer.address, client: peer.id }, "http");
    if (turn !== null) await turn;
    try {
      const host = this.#checkHost(head);
      if (head.method !== "GET" && head.method !== "HEAD") {
        throw new HttpFailure(405, HTTP_TEXTS.methods, { allow: "GET, HEAD" });
      }
      if (head.hasBody) throw new HttpFailure(413, HTTP_TEXTS.body);
      return await this.#route({ head, host, peer, signal });
    } catch (error) {
      return this.reportFailure(error, head, peer);
    }
  }

  reportFailure(error: unknown, head: RequestHead, peer: HttpPeer): HttpAnswer {
    return this.fail(this.#failureOf(error, head, peer), head);
  }

  fail(failure: HttpFailure, head: RequestHead | null): HttpAnswer {
    const { language } = this.#server.services.settings;
    return failureAnswer(failure, head?.headers.get("accept-language"), language);
  }

  async upgrade(head: RequestHead): Promise<Record<string, string> | null> {
    if (head.path !== WS_PATH) return null;
    return await acceptWebSocket(head, this.#checkHost(head), this.#origins);
  }

  serveClient(_: HttpPeer, socket: Socket, early: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#server.serveClient(new WsSocket(socket, early));
  }

  get #origins(): PageOrigins {
    const { hosts: names = [] } = this.#options;
    const scheme = this.#server.fingerprint === null ? "http" : "https";
    const members = memberOrigins(this.#server.services.cluster?.members ?? [], scheme);
    return { scheme, names, members };
  }

  async #route(routed: Routed): Promise<HttpAnswer> {
    const { head, host } = routed;
    if (isFilePath(head.path)) return await servedAnswer(this.#server.services, routed);
    if (head.path === "/config.json") return configAnswer(this.#server, this.#options);
    if (!LIKE_PAGE_FILE.test(head.path)) throw new HttpFailure(404, HTTP_TEXTS.nothingThere);
    const { isPageFile, pageFileAnswer } = await pageFiles();
    if (isPageFile(head.path)) return await pageFileAnswer(head, host, this.#origins.members);
    throw new HttpFailure(404, HTTP_TEXTS.nothingThere);
  }

  #checkHost({ headers }: RequestHead): Host {
    const host = parseHost(headers.get("host") ?? "localhost");
    if (host === null) throw new HttpFailure(400, malformedText("Host"));
    const { ownNames = [], hosts = [] } = this.#options;
    if (isKnownHost(host, [...ownNames, ...hosts])) return host;
    throw new HttpFailure(421, otherHostText(host.name));
  }

  /** Counts and logs what is refused, and what the server fails at. */
  #failureOf(error: unknown, { path }: RequestHead, { address }: HttpPeer): HttpFailure {
    if (error instanceof HttpFailure) return error;
    const { settings: { onEvent }, stats, rootWatch } = this.#server.services;
    if (!(error instanceof RequestError)) {
      onEvent({ event: "error", message: messageOf(error) });
      return httpFailureOf("internal", REQUEST_ERROR_TEXTS.internal);
    }
    const { code, reason } = error;
    if (reason === "root-gone") rootWatch.noticeLoss();
    if (code !== "not-found") {
      const logged = cleanLine(path.slice(0, LOGGED_CHARACTERS));
      countRefusal(stats, code);
      const details = { ...(reason !== null && { reason }), path: logged };
      onEvent({ event: "refused", client: null, address, code, ...details });
    }
    return httpFailureOf(code, textForPeer(error));
  }
}
