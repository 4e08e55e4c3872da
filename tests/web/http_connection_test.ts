import { assertEquals } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { textAnswer } from "../../lib/web/http_answer.ts";
import type { Responder } from "../../lib/web/http_connection.ts";
import { bodyText, connectHttp, readAnswer, readAnswerHead, requestText } from "../helpers/web.ts";

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
          if (sentBytes > 0) await writer.sendBulk(new TextEncoder().encode("x".repeat(sentBytes)));
          throw new RequestError("changed");
        },
      }),
    fail: () => textAnswer(500, ""),
    reportFailure: () => textAnswer(409, "The file changed"),
    upgrade: () => Promise.resolve(null),
    serveClient: () => Promise.resolve(),
  };
}

Deno.test("HttpConnection: tells a failure before the head, and answers on", async () => {
  const { peer, running } = await connectHttp(failingResponder(0), requestText("GET /files/a"));
  using _ = peer;
  const first = await readAnswer(peer);
  assertEquals([first.status, bodyText(first)], [409, "The file changed\n"]);
  await peer.send(requestText("GET /files/a", { Connection: "close" }));
  assertEquals((await readAnswer(peer)).status, 409);
  await running;
});

Deno.test("HttpConnection: ends the connection after a failure behind the head", async () => {
  for (const sentBytes of [1, 9]) {
    const responder = failingResponder(sentBytes);
    const { peer, running } = await connectHttp(responder, requestText("GET /files/a"));
    using _ = peer;
    assertEquals((await readAnswerHead(peer)).status, 200);
    assertEquals((await peer.readBytes(10)).length, sentBytes);
    await running;
  }
});
