/**
 * A peer of multicast DNS inside a network of a test's own. `answer OPTIONS` answers every question with
 * packets of the test's making; `hear` prints the goodbyes that it hears. Ends with its standard input.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { decode } from "dns-packet";
import { MDNS, openMulticastSocket } from "../../lib/discovery/multicast_socket.ts";
import { ownNetworks } from "../../lib/discovery/networks.ts";
import { answerPacket } from "./mdns_packets.ts";

/** What `answer` sends. */
interface Options {
  /** Bytes in base64, as they are. */
  readonly packets?: readonly string[];
  /** Servers, each in a packet. */
  readonly servers?: readonly object[];
  /** The port to send from: not that of multicast DNS. */
  readonly port?: number;
  /** The address to send from. */
  readonly from?: string;
}

const [mode, json = "{}"] = Deno.args;
const options: Options = JSON.parse(json);
const socket = await openMulticastSocket(ownNetworks()[0]!.address);
const isOther = options.port !== undefined || options.from !== undefined;
const sender = isOther ? createSocket({ type: "udp4", reuseAddr: true }) : socket;
if (isOther) {
  await new Promise<void>((done) => sender.bind(options.port ?? MDNS.port, options.from, done));
  sender.setMulticastInterface(options.from ?? ownNetworks()[0]!.address);
}
const packets = [
  ...(options.packets ?? []).map((packet) => Uint8Array.fromBase64(packet)),
  ...(options.servers ?? []).map(answerPacket),
];
socket.on("message", (message) => {
  if (mode === "hear") {
    const gone = decode(message).answers.filter(({ ttl }) => ttl === 0);
    for (const { name } of gone) console.log(JSON.stringify({ event: "goodbye", name }));
  } else if ((message[2]! & 0x80) === 0) {
    for (const packet of packets) sender.send(packet, MDNS.port, MDNS.hostname);
  }
});
console.log(JSON.stringify({ event: "ready" }));
await Deno.stdin.readable.pipeTo(new WritableStream());
if (isOther) sender.close();
socket.close();
