/** Peers that end their side behind a request, as `printf … | nc -N` does, still get its answer. */
import { assertEquals } from "@std/assert";
import { textAnswer } from "../../lib/web/http_answer.ts";
import type { Responder } from "../../lib/web/http_connection.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";
import type { RawPeer } from "../helpers/raw_peer.ts";
import {
  bodyText,
  connectHttp,
  type RawAnswer,
  readAnswer,
  readAnswerHead,
  requestText,
  startWebServer,
} from "../helpers/web.ts";

/** From then on a peer is watched that waits for an answer. */
const LONG_ANSWER_MS = 250;

/** The answer behind the interim ones. */
async function finalAnswer(peer: RawPeer): Promise<RawAnswer> {
  let answer = await readAnswer(peer);
  while (answer.status === 102) answer = await readAnswer(peer);
  return answer;
}

/** Answers once `answer` is resolved; `left` resolves when the connection is closed before. */
class WaitingResponder implements Responder {
  /** Resolves when the request is there. */
  readonly asked = Promise.withResolvers<void>();
  readonly answers = Promise.withResolvers<void>();
  readonly left = Promise.withResolvers<void>();

  async answer(_head: unknown, _peer: unknown, signal: AbortSignal) {
    this.asked.resolve();
    signal.addEventListener("abort", () => this.left.resolve());
    await Promise.race([this.answers.promise, this.left.promise]);
    return textAnswer(200, "the answer");
  }

  fail = () => textAnswer(500, "");
  reportFailure = () => textAnswer(500, "");
  upgrade = () => Promise.resolve(null);
  serveClient = () => Promise.resolve();
}

for (const line of ["GET /files/a", "GET /files/a?sha256", "GET /files?json", "GET /", "GET /no"]) {
  Deno.test(`${line}: is answered when the peer ends its side behind it`, async () => {
    await using server = await startWebServer({}, { a: "hello" });
    const whole = async (isEnded: boolean) => {
      using peer = await server.connect();
      await peer.send(requestText(line, isEnded ? {} : { Connection: "close" }));
      if (isEnded) await peer.closeWrite();
      const { status, body } = await finalAnswer(peer);
      await peer.ended();
      return [status, body.length];
    };
    assertEquals(await whole(true), await whole(false));
  });
}

Deno.test("HttpConnection: a peer that ends its side gets interim answers while the answer takes long", async () => {
  const responder = new WaitingResponder();
  const { peer, running } = await connectHttp(responder, requestText("GET /files/a?sha256"));
  using _ = peer;
  await peer.closeWrite();
  assertEquals((await readAnswerHead(peer)).status, 102);
  responder.answers.resolve();
  const answer = await finalAnswer(peer);
  assertEquals([answer.status, bodyText(answer)], [200, "the answer\n"]);
  await running;
});

Deno.test("HttpConnection: a peer of HTTP/1.0 that ends its side gets its answer alone", async () => {
  using timers = new FakeTimers();
  const responder = new WaitingResponder();
  const { peer, running } = await connectHttp(responder, "GET /files/a?sha256 HTTP/1.0\r\n\r\n");
  using _ = peer;
  await peer.closeWrite();
  await responder.asked.promise;
  await timers.advance(LONG_ANSWER_MS);
  await timers.added(); // The end of the peer's side is noticed
  responder.answers.resolve();
  assertEquals(bodyText(await readAnswer(peer)), "the answer\n");
  await running;
});

Deno.test("HttpConnection: ends the work for a peer that has left while the answer takes long", async () => {
  const responder = new WaitingResponder();
  const { peer, running } = await connectHttp(responder, requestText("GET /files/a?sha256"));
  peer.close();
  await responder.left.promise;
  await running;
});
