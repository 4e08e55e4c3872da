import { closeSocket } from "../../lib/stream/socket.ts";
import { TlsConnSocket } from "../../lib/stream/tls/conn_socket.ts";
import { connectedPair } from "../helpers/raw_peer.ts";
import { TlsFixture } from "../helpers/tls.ts";
import { type SocketPair, testSocket } from "./socket_contract.ts";

async function openTcp(): Promise<SocketPair> {
  const [socket, peer] = await connectedPair();
  const close = () => [socket, peer].forEach(closeSocket);
  return { socket, peer, [Symbol.asyncDispose]: () => Promise.resolve(close()) };
}

async function openTls(tested: "server" | "client"): Promise<SocketPair> {
  const fixture = await TlsFixture.open();
  const { server, client: conn } = await fixture.pair();
  const client = new TlsConnSocket(conn);
  const [socket, peer] = tested === "server" ? [server, client] : [client, server];
  return {
    socket,
    peer,
    [Symbol.asyncDispose]: async () => {
      closeSocket(client);
      await fixture[Symbol.asyncDispose]();
    },
  };
}

testSocket("TCP socket", openTcp);
testSocket("TLS socket of a server", () => openTls("server"));
testSocket("TLS socket of a client", () => openTls("client"));
