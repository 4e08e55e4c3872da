/** Requests that are slow, endless, too large, or no requests: each ends its own connection only. */
import { assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { rawFrame, textOf } from "../helpers/raw_peer.ts";
import {
  type RawAnswer,
  readAnswer,
  readAnswerHead,
  request,
  requestText,
  startWebServer,
} from "../helpers/web.ts";

/** A head of that many bytes, its empty line included. */
function headOf(bytes: number): string {
  const empty = requestText("HEAD /nothing", { "X-Long": "" });
  return requestText("HEAD /nothing", { "X-Long": "x".repeat(bytes - empty.length) });
}

Deno.test("web page: a head that comes byte by byte is cut off after 10 s, and others are served", async () => {
  using clock = new FakeClock();
  await using server = await startWebServer();
  using slow = await server.connect();
  await slow.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  await request(server.port, "GET /");
  for (let at = 0; at < 5; at++) {
    clock.advance(1_900);
    await slow.send("x");
    await request(server.port, "GET /");
  }
  clock.advance(600);
  await slow.ended();
});

Deno.test("web page: empty lines are no request: a peer that sends nothing else is cut off after 10 s", async () => {
  using clock = new FakeClock();
  await using server = await startWebServer();
  using slow = await server.connect();
  await slow.send(requestText("HEAD /"));
  await readAnswer(slow, false);
  for (let at = 0; at < 5; at++) {
    await slow.send("\r\n");
    await request(server.port, "GET /");
    clock.advance(2_001);
  }
  await slow.ended();
});

Deno.test("web page: a connection without a request is closed after 5 s", async () => {
  using clock = new FakeClock();
  await using server = await startWebServer();
  using idle = await server.connect();
  await idle.send(requestText("HEAD /"));
  await readAnswer(idle, false);
  clock.advance(LIMITS.httpIdleMs + 1);
  await idle.ended();
});

Deno.test("web page: takes a head of 8 KiB, and none that is longer", async () => {
  await using server = await startWebServer();
  const statusOf = async (head: string) => {
    using peer = await server.connect();
    await peer.send(head);
    return (await readAnswer(peer, false)).status;
  };
  const emptyLine = 4;
  assertEquals(await statusOf(headOf(LIMITS.httpHeadBytes + emptyLine)), 404);
  assertEquals(await statusOf(headOf(LIMITS.httpHeadBytes + emptyLine + 1)), 431);
  assertEquals(await statusOf(`GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}`), 431);
});

Deno.test("web page: answers requests that were sent ahead in their order, a thousand at most", async () => {
  await using server = await startWebServer();
  using peer = await server.connect();
  const sending = peer.send(
    ...Array.from(
      { length: 1_200 },
      (_, at) => requestText(`GET /${at % 2 === 0 ? "config.json" : "nothing"}`),
    ),
  ).catch(() => {}); // The server has closed
  const statuses: number[] = [];
  let last: RawAnswer | null = null;
  while (last?.headers.get("connection") !== "close") {
    last = await readAnswer(peer);
    statuses.push(last.status);
  }
  assertEquals(statuses, Array.from({ length: 1_000 }, (_, at) => at % 2 === 0 ? 200 : 404));
  await sending;
  await peer.ended();
});

Deno.test("web page: garbage and frames behind a request end the connection", async () => {
  await using server = await startWebServer();
  for (
    const rest of [rawFrame("CHAT", "hello"), "\0".repeat(9_000), "\r\n\r\n\r\n\r\n", "GET\r\n\r\n"]
  ) {
    using peer = await server.connect();
    await peer.send(requestText("HEAD /"), rest);
    await peer.closeWrite();
    assertEquals((await readAnswer(peer, false)).status, 200);
    await peer.ended();
  }
  assertEquals(server.server.clients, []);
});

Deno.test("web page: HTTP behind a frame is a frame that is too large", async () => {
  await using server = await startWebServer();
  using peer = await server.connect();
  await peer.sendFrame("CHAT", "hello");
  await peer.send(requestText("GET /"));
  const frames = await peer.readToEnd();
  assertEquals(frames.at(-1)?.type, "FERR");
});

Deno.test("web page: a request on a connection that the chat was written to gets no answer", async () => {
  await using server = await startWebServer();
  using late = await server.connect();
  using speaker = await server.connect();
  await speaker.sendFrame("CHAT", "hello");
  const lines: string[] = [];
  while (!lines.some((line) => line.includes("hello"))) {
    lines.push(textOf(await late.expect("CHAT")));
  }
  await late.send(requestText("GET /"));
  const rest = await late.readToEnd();
  assertEquals(rest.filter(({ type }) => type !== "CHAT" && type !== "FERR"), []);
});

Deno.test("web page: HTTP connections count as connections of their address", async () => {
  const large = new Uint8Array(1 << 26);
  await using server = await startWebServer({ maxPerAddress: 2 }, { large });
  using first = await server.connect();
  await first.send(requestText("GET /files/large")); // An idle one would give its place
  await readAnswerHead(first);
  using second = await server.connect();
  await second.sendFrame("CHAT", "hello");
  await server.waitFor("chat");
  const { status, headers, body } = await request(server.port, "GET /");
  assertEquals([status, headers.get("retry-after")], [503, "5"]);
  assertEquals(new TextDecoder().decode(body), "This address has too many connections\n");
  first.close();
  let last = 503;
  for (let tries = 0; tries < 100 && last === 503; tries++) {
    last = (await request(server.port, "GET /")).status;
  }
  assertEquals(last, 200); // The place of the closed connection is free
});

Deno.test("web page: a banned address gets no page, and its connections end", async () => {
  await using server = await startWebServer();
  using open = await server.connect();
  await open.send(requestText("HEAD /"));
  await readAnswer(open, false);
  await server.server.ban("127.0.0.1", "away");
  await open.ended();
  assertEquals((await request(server.port, "GET /")).status, 403);
  await server.server.unban("127.0.0.1");
  assertEquals((await request(server.port, "GET /")).status, 200);
});

Deno.test("web page: a refused peer that sends nothing gets its reason as a frame", async () => {
  await using server = await startWebServer();
  await server.server.ban("127.0.0.1", "away");
  using silent = await server.connect();
  assertEquals((await silent.readFrame())?.type, "FERR");
});
