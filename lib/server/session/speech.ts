import type { ServerEvent } from "../config/events.ts";
import type { FramedConnection } from "../../stream/framed_connection.ts";
import type { Socket } from "../../stream/socket.ts";

/**
 * What a connection may speak: `frames` of both protocols, `any` (frames or HTTP), or `web` (frames
 * of protocol 2, over a WebSocket).
 */
export type Speech = "frames" | "any" | "web";

/** The event that tells of a client. */
export function connectedEvent(
  { id: client, address }: { readonly id: number; readonly address: string },
  speech: Speech,
): ServerEvent {
  const via = speech === "web" ? { via: "web" as const } : {};
  return { event: "connected", client, address, protocol: 1, ...via };
}

/** A socket that its session has given up, because the peer speaks HTTP. */
export interface TakenSocket {
  readonly socket: Socket;
  /** What was read from it. */
  readonly first: Uint8Array<ArrayBuffer>;
}

/**
 * Takes the socket of a connection whose first bytes are a request of HTTP; `null` if they are not,
 * or if something was sent to it already.
 */
export function takeHttp(connection: FramedConnection): TakenSocket | null {
  const { reader: { httpBytes }, writer, isClosed } = connection;
  if (httpBytes === null || isClosed || !writer.isUnused) return null;
  return { socket: connection.release(), first: httpBytes };
}
