import { type Host, isKnownOrigin, type PageOrigins } from "./host_guard.ts";
import { HttpFailure } from "./http_failure.ts";
import { HTTP_TEXTS } from "./http_texts.ts";
import { listOf, type RequestHead } from "./request_head.ts";

/** The path of the WebSocket. */
export const WS_PATH = "/ws";
/** What is spoken over the WebSocket: the frames of protocol 2. */
const SUBPROTOCOL = "tcp-chat.2";
/** The suffix of a key (RFC 6455, section 1.3). */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const encoder = new TextEncoder();

/**
 * Checks a request to open a WebSocket (RFC 6455, section 4.2.1).
 *
 * @returns the headers of the answer 101
 * @throws {HttpFailure} 403 for the page of another origin, 426 for anything but the handshake
 */
export async function acceptWebSocket(
  head: RequestHead,
  host: Host,
  origins: PageOrigins,
): Promise<Record<string, string>> {
  const { method, isHttp11, hasBody, headers } = head;
  if (!isKnownOrigin(headers.get("origin"), host, origins)) {
    throw new HttpFailure(403, HTTP_TEXTS.otherPage);
  }
  const key = headers.get("sec-websocket-key") ?? "";
  const isUpgrade = method === "GET" && isHttp11 && !hasBody &&
    listOf(headers.get("upgrade")).includes("websocket") &&
    listOf(headers.get("connection")).includes("upgrade");
  if (!isUpgrade || headers.get("sec-websocket-version") !== "13") {
    throw new HttpFailure(426, HTTP_TEXTS.webSocketsOnly, {
      "upgrade": "websocket",
      "connection": "upgrade",
      "sec-websocket-version": "13",
    });
  }
  if (!/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key)) {
    throw new HttpFailure(400, HTTP_TEXTS.webSocketKey);
  }
  const digest = await crypto.subtle.digest("SHA-1", encoder.encode(key + KEY_SUFFIX));
  const isOffered = listOf(headers.get("sec-websocket-protocol")).includes(SUBPROTOCOL);
  return {
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-accept": new Uint8Array(digest).toBase64(),
    ...(isOffered && { "sec-websocket-protocol": SUBPROTOCOL }),
  };
}
