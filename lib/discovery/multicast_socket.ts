import { createSocket, type Socket } from "node:dgram";

/** The group and the port of multicast DNS (RFC 6762, section 3). */
export const MDNS = { hostname: "224.0.0.251", port: 5353 } as const;

/**
 * Opens the port of multicast DNS, beside the other programs that have it.
 *
 * @throws {Error} of the system, such as EADDRINUSE if another program keeps it for itself
 */
export async function bindMulticastPort(): Promise<Socket> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(MDNS.port, resolve);
    });
    socket.removeAllListeners("error");
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/**
 * The same, to send and hear on one interface.
 *
 * @param address the address of the interface
 */
export async function openMulticastSocket(address: string): Promise<Socket> {
  const socket = await bindMulticastPort();
  try {
    socket.addMembership(MDNS.hostname, address);
    socket.setMulticastInterface(address);
    socket.setMulticastTTL(255); // RFC 6762, section 11
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
