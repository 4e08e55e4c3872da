import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ASSETS } from "../../lib/web/assets.ts";
import { encodeJsonFrame } from "../../lib/protocol/frames.ts";
import {
  bodyText,
  readAnswer,
  request,
  requestText,
  startWebServer,
  WsPeer,
} from "../helpers/web.ts";
import { textOf } from "../helpers/raw_peer.ts";

Deno.test("GET /: the page, with its hash, its type and a strict policy", async () => {
  await using server = await startWebServer();
  const { status, headers, body } = await request(server.port, "GET /");
  assertEquals(status, 200);
  assertEquals(bodyText({ body }), ASSETS["/"]!.text);
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(headers.get("etag"), `"${ASSETS["/"]!.sha256}"`);
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  const policy = headers.get("content-security-policy")!;
  assertMatch(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  assertStringIncludes(policy, "connect-src 'self' ws://127.0.0.1 wss://127.0.0.1;");
  assertEquals(headers.get("strict-transport-security"), undefined);
  assertEquals(headers.get("access-control-allow-origin"), undefined);
  const paths = Object.keys(ASSETS);
  const answers = await Promise.all(paths.map((path) => request(server.port, `HEAD ${path}`)));
  assertEquals(answers.map(({ status }) => status), paths.map(() => 200));
});

Deno.test("GET /app.js: compressed if asked, and not again if it is known", async () => {
  await using server = await startWebServer();
  const get = (headers: Record<string, string>) => request(server.port, "GET /app.js", headers);
  const zipped = await get({ "Accept-Encoding": "br, gzip;q=0.5" });
  assertEquals(zipped.headers.get("content-encoding"), "gzip");
  const stream = new Blob([zipped.body]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(stream).text(), ASSETS["/app.js"]!.text);
  const plain = await get({ "Accept-Encoding": "gzip;q=0" });
  assertEquals(bodyText(plain), ASSETS["/app.js"]!.text);
  assert(plain.headers.get("etag") !== zipped.headers.get("etag"));
  const known = await get({ "If-None-Match": `"x", W/${plain.headers.get("etag")}` });
  assertEquals([known.status, known.body.length], [304, 0]);
});

Deno.test("GET /config.json: what the page shows before it is connected", async () => {
  const page = { name: "casa", urls: (port: number) => [`http://10.0.0.1:${port}/`] };
  await using server = await startWebServer({ uploads: true, maxUploadBytes: 7 }, {}, page);
  const { headers, body } = await request(server.port, "GET /config.json");
  assertEquals(headers.get("cache-control"), "no-store");
  const { version: _, features, ...config } = JSON.parse(bodyText({ body }));
  assertEquals(config, {
    name: "casa",
    language: "en",
    loginRequired: false,
    accounts: false,
    maximumFileBytes: 7,
    urls: [`http://10.0.0.1:${server.port}/`],
    fingerprint: null,
  });
  assertEquals(["files", "upload", "chat"].filter((each) => !features.includes(each)), []);
});

Deno.test("web page: requests follow each other on a connection, and may come ahead", async () => {
  await using server = await startWebServer();
  using peer = await server.connect();
  await peer.send(requestText("HEAD /") + "\r\n" + requestText("GET /nothing"));
  const head = await readAnswer(peer, false);
  const { length } = new TextEncoder().encode(ASSETS["/"]!.text);
  assertEquals(head.headers.get("content-length"), String(length));
  assertEquals((await readAnswer(peer)).status, 404);
  for (const piece of requestText("GET /icons.svg", { Connection: "close" })) {
    await peer.send(piece);
  }
  assertEquals(bodyText(await readAnswer(peer)), ASSETS["/icons.svg"]!.text);
  assertEquals(await peer.readBytes(1), new Uint8Array());
});

Deno.test("web page: answers HTTP/1.0, and a peer that ends its direction", async () => {
  await using server = await startWebServer();
  using peer = await server.connect();
  await peer.send("GET / HTTP/1.0\r\n\r\n");
  await peer.closeWrite();
  const { headers, body } = await readAnswer(peer);
  assertEquals(headers.get("connection"), "close");
  assertEquals(bodyText({ body }), ASSETS["/"]!.text);
  assertEquals(await peer.readBytes(1), new Uint8Array());
});

Deno.test("web page: refuses other methods, bodies, names of the Internet and unknown paths", async () => {
  await using server = await startWebServer();
  const statusOf = async (line: string, headers: Record<string, string> = {}) =>
    (await request(server.port, line, headers)).status;
  assertEquals(await statusOf("POST /"), 405);
  assertEquals(await statusOf("DELETE /"), 405);
  assertEquals(await statusOf("OPTIONS /"), 405);
  assertEquals(await statusOf("GET /", { "Content-Length": "3" }), 413);
  assertEquals(await statusOf("GET /", { Host: "example.com" }), 421);
  assertEquals(await statusOf("GET /ws", { Host: "example.com" }), 421);
  assertEquals(await statusOf("GET http://example.com/", { Host: "127.0.0.1" }), 421);
  assertEquals(await statusOf("GET http://127.0.0.1/", { Host: "example.com" }), 200);
  assertEquals(await statusOf("GET http://ana@127.0.0.1/"), 400);
  assertEquals(await statusOf("GET /", { Host: "a b" }), 400);
  assertEquals(await statusOf("GET /nothing"), 404);
  assertEquals(await statusOf("GET /__proto__"), 404);
  assertEquals(await statusOf("GET /ws"), 426);
});

Deno.test("web page: a name of --web-host is answered", async () => {
  await using server = await startWebServer({}, {}, { hosts: ["casa.example.org"] });
  const get = (host: string) => request(server.port, "GET /", { Host: host });
  assertEquals((await get("Casa.example.org:443")).status, 200);
  assertEquals((await get("casa.example.com")).status, 421);
});

Deno.test("web page: an HTTP connection is no client", async () => {
  await using server = await startWebServer();
  using peer = await server.connect();
  await peer.send(requestText("GET /"));
  await readAnswer(peer);
  assertEquals(server.server.clients, []);
  assertEquals(server.server.rooms(), []);
  assertEquals(server.events.map(({ event }) => event), ["listening"]);
});

Deno.test("web page: without it, HTTP is a frame that is too large", async () => {
  await using server = await startWebServer({ web: null });
  using peer = await server.connect();
  await peer.send(requestText("GET /"));
  assertEquals((await peer.readFrame())?.type, "FERR");
});

Deno.test("web page: a silent protocol 1 client gets what is said in its first moment", async () => {
  await using server = await startWebServer();
  using silent = await server.connect();
  await server.server.say("lobby", "first").catch(() => {}); // No room before its first member
  using speaker = await server.connect();
  await speaker.sendFrame("CHAT", "at once");
  const said = await silent.readUntil("CHAT");
  const texts = said.map(textOf);
  while (!texts.some((text) => text.includes("at once"))) {
    texts.push(textOf(await silent.expect("CHAT")));
  }
  await server.waitFor("connected", ({ client }) => client === 1);
});

Deno.test("web page: a client over a WebSocket talks with one over TCP", async () => {
  await using server = await startWebServer();
  using tcp = await server.connect();
  await using web = await WsPeer.connect(server.port);
  assertEquals(web.socket.protocol, "tcp-chat.2");
  web.send(encodeJsonFrame("HELO", { protocol: 2, agent: "page" }));
  await web.expect("HELO");
  web.send(encodeJsonFrame("SEND", { id: 1, room: "lobby", text: "olá" }));
  await web.expect("DONE");
  const lines = [textOf(await tcp.expect("CHAT"))];
  while (!lines.at(-1)!.includes("olá")) lines.push(textOf(await tcp.expect("CHAT")));
  await tcp.sendFrame("CHAT", "e aí");
  for (let event = await web.expect("EVNT"); event.text !== "e aí";) {
    event = await web.expect("EVNT");
  }
  const { via } = await server.waitFor("connected", ({ via }) => via === "web");
  assertEquals(via, "web");
});

Deno.test("web page: a WebSocket gives whole files", async () => {
  const content = new Uint8Array(3_000_000).map((_, at) => at * 7 + (at >> 8));
  await using server = await startWebServer({}, { "a.bin": content });
  await using web = await WsPeer.connect(server.port);
  web.send(encodeJsonFrame("HELO", { protocol: 2 }));
  web.send(encodeJsonFrame("FGET", { id: 1, path: "a.bin" }));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let frame = await web.readFrame(); frame.type !== "FEND"; frame = await web.readFrame()) {
    if (frame.type === "FDAT") parts.push(frame.payload);
  }
  assertEquals(new Uint8Array(await new Blob(parts).arrayBuffer()), content);
});

Deno.test("web page: stop ends idle connections and WebSockets", async () => {
  await using server = await startWebServer();
  using peer = await server.connect();
  await peer.send(requestText("GET /"));
  await readAnswer(peer);
  const web = await WsPeer.connect(server.port);
  web.send(encodeJsonFrame("HELO", { protocol: 2 }));
  await web.expect("HELO");
  await server.server.stop();
  await peer.ended();
  assertEquals((await web.closed).code, 1000);
});
