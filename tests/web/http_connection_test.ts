import { assertEquals } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { textAnswer } from "../../lib/web/http_answer.ts";
import { HttpConnection, type Responder } from "../../lib/web/http_connection.ts";
import { connectedPair, RawPeer } from "../helpers/raw_peer.ts";
import { bodyText, readAnswer, readAnswerHead, requestText } from "../helpers/web.ts";

const encoder = new TextEncoder();

/** Answers with 10 bytes, of which it sends none, or some, before it fails. */
function failingResponder(sentBytes: number): Responder {
  return {
    answer: () =>
      Promise.resolve({
        status: 200,
        headers: {},
        length: 10,
        async send({ head, writer }) {
          if (sentBytes > 0) await writer.sendBulk(head);
          if (sentBytes > 0) await writer.sendBulk(encoder.encode("x".repeat(sentBytes)));
          throw new RequestError("changed");
        },
      }),
    reportFailure: () => textAnswer(409, "The file changed"),
    upgrade: () => Promise.resolve(null),
    serveClient: () => Promise.resolve(),
  };
}

Deno.test("HttpConnection: tells a failure before the head, and answers on", async () => {
  const [client, socket] = await connectedPair();
  using peer = new RawPeer(client);
  const taken = { id: -1, socket, first: encoder.encode(requestText("GET /files/a")) };
  const running = new HttpConnection(taken, failingResponder(0)).run();
  const first = await readAnswer(peer);
  assertEquals([first.status, bodyText(first)], [409, "The file changed\n"]);
  await peer.send(requestText("GET /files/a", { Connection: "close" }));
  assertEquals((await readAnswer(peer)).status, 409);
  await running;
});

Deno.test("HttpConnection: ends the connection after a failure behind the head", async () => {
  for (const sentBytes of [1, 9]) {
    const [client, socket] = await connectedPair();
    using peer = new RawPeer(client);
    const taken = { id: -1, socket, first: encoder.encode(requestText("GET /files/a")) };
    const running = new HttpConnection(taken, failingResponder(sentBytes)).run();
    assertEquals((await readAnswerHead(peer)).status, 200);
    assertEquals((await peer.readBytes(10)).length, sentBytes);
    await running;
  }
});
