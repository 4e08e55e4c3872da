import { advertise } from "dnssd-advertise";
import { deadline } from "../async/deadline.ts";
import { ConnectionError } from "../protocol/errors.ts";
import { formatEndpoint } from "../stream/endpoint.ts";
import { SERVICE_TYPE } from "./mdns_packet.ts";
import { bindMulticastPort, MDNS } from "./multicast_socket.ts";
import { encodeServiceText, type ServiceText } from "./service_text.ts";

/** What to announce. */
export interface AnnounceOptions extends Omit<ServiceText, "name" | "tls"> {
  /** For people; cut at 63 bytes. */
  readonly name: string;
  readonly port: number;
}

/** A server that the local network is told of. */
export interface Announcement {
  /** Tells that the server goes, within half a second. Never rejects. */
  stop(): Promise<void>;
}

/** How long others may remember the server without hearing of it. */
const TTL_SECONDS = 120;
/** The goodbye is sent at once; no answer is waited for. */
const GOODBYE_MS = 500;

/**
 * Tells the IPv4 networks of this machine of a server, by multicast DNS, until it is stopped; also those
 * that come later.
 *
 * @throws {ConnectionError} `in-use` or `unusable` if another program keeps the port for itself
 */
export async function announce(options: AnnounceOptions): Promise<Announcement> {
  const { name, port, fingerprint, login } = options;
  await checkPort();
  const label = `tcp-chat-${fingerprint?.slice(0, 8) ?? randomDigits()}`; // ASCII: see the tests
  const stop = advertise({
    name: label,
    hostname: label,
    type: SERVICE_TYPE,
    protocol: "tcp",
    port,
    stack: "IPv4", // Without zones, it takes its own packets for those of another host
    ttl: TTL_SECONDS,
    txt: encodeServiceText({ name, tls: fingerprint !== null, fingerprint, login }),
  });
  // The library's own timers would let the process end before the goodbye is sent
  return { stop: () => deadline(stop().catch(() => {}), GOODBYE_MS, undefined) };
}

/** The library would fail in silence. */
async function checkPort(): Promise<void> {
  const address = formatEndpoint(MDNS);
  try {
    (await bindMulticastPort()).close();
  } catch (cause) {
    const isInUse = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    const message = `Cannot listen on ${address}`;
    throw new ConnectionError(isInUse ? "in-use" : "unusable", message, { cause, address });
  }
}

/** Another one at each start: nothing to recognise a machine by. */
function randomDigits(): string {
  return crypto.getRandomValues(new Uint8Array(4)).toHex();
}
