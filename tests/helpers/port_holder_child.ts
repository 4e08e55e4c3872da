/**
 * Holds a UDP port without sharing it: `PORT`. Ends with its standard input.
 *
 * @module
 */
import { createSocket } from "node:dgram";

const socket = createSocket("udp4");
socket.bind(Number(Deno.args[0]), () => console.log(JSON.stringify({ event: "ready" })));
await Deno.stdin.readable.pipeTo(new WritableStream());
socket.close();
