/**
 * Probes what this runtime and `dnssd-advertise` do with multicast, inside a network of a test's own:
 * `PROBE [ARGUMENT]`. Prints the result as a JSON line.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { advertise } from "dnssd-advertise";
import { encodeQuestion } from "../../lib/discovery/mdns_packet.ts";
import { MDNS, openMulticastSocket } from "../../lib/discovery/multicast_socket.ts";
import { ownNetworks } from "../../lib/discovery/networks.ts";

/** Longer than the library takes for its probes and announcements. */
const QUIET_MS = 3_000;

const PROBES: Readonly<Record<string, (argument: string) => Promise<unknown>>> = {
  share: async () => {
    const sockets = [await open(), await open()];
    const heard = sockets.map(async (socket) => String((await nextMessage(socket)).message));
    sockets[0]!.send("hello", MDNS.port, MDNS.hostname);
    return await Promise.all(heard);
  },
  hold: async () => {
    const holder = createSocket("udp4");
    await new Promise<void>((resolve) => holder.bind(MDNS.port, resolve));
    return await open().then(() => null, (error) => error.code);
  },
  zone: async () => {
    const socket = createSocket({ type: "udp6", reuseAddr: true });
    await new Promise<void>((resolve) => socket.bind(MDNS.port, resolve));
    socket.addMembership("ff02::fb", "::%eth0");
    const heard = nextMessage(socket);
    const send = () => socket.send("hello", MDNS.port, "ff02::fb%eth0", () => {});
    const timer = setInterval(send, 100); // The address takes a moment to be usable
    const { address } = await heard;
    clearInterval(timer);
    return address.includes("%");
  },
  answers: async (kind) => {
    const { address } = ownNetworks()[0]!;
    const all = await open();
    // What is sent to this machine alone gets the socket that has its address
    const asker = createSocket({ type: "udp4", reuseAddr: true });
    await new Promise<void>((resolve) => asker.bind(MDNS.port, address, resolve));
    asker.setMulticastInterface(address);
    const isUnicast = Promise.race([
      messageWith(asker, "Found me").then(() => true),
      messageWith(all, "Found me").then(() => false),
    ]);
    asker.send(encodeQuestion(kind === "QU"), MDNS.port, MDNS.hostname);
    return { isUnicast: await isUnicast };
  },
  quiet: async () => {
    const socket = await open();
    let last = performance.now();
    socket.on("message", () => last = performance.now());
    while (performance.now() - last < QUIET_MS) await new Promise((go) => setTimeout(go, 100));
    return null;
  },
  packets: async (name) => {
    const socket = await open();
    start(name);
    const silence = new Promise((resolve) => setTimeout(() => resolve(false), QUIET_MS));
    return await Promise.race([nextMessage(socket).then(() => true), silence]);
  },
};

async function open(): Promise<Socket> {
  return await openMulticastSocket(ownNetworks()[0]!.address);
}

function start(name: string): void {
  const txt = { note: "Found me" };
  const service = { name, hostname: "probe", type: "tcp-chat", protocol: "tcp", port: 5555 };
  advertise({ ...service, stack: "IPv4", txt });
}

function nextMessage(socket: Socket): Promise<{ message: Uint8Array; address: string }> {
  return new Promise((resolve) =>
    socket.once("message", (message, { address }) => resolve({ message, address }))
  );
}

/** Resolves at a packet with a text. */
async function messageWith(socket: Socket, text: string): Promise<void> {
  const decoder = new TextDecoder("latin1");
  while (!decoder.decode((await nextMessage(socket)).message).includes(text));
}

const [name = "", argument = ""] = Deno.args;
console.log(JSON.stringify({ event: "result", value: await PROBES[name]!(argument) }));
Deno.exit(); // Sockets are still open
