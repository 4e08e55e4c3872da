import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { serveText, type TextServer } from "../../lib/stream/serve_text.ts";
import { within } from "../helpers/deadline.ts";
import { RawPeer } from "../helpers/raw_peer.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };
const TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A server whose text counts how often it was made. */
function serveCount(): TextServer {
  let count = 0;
  return serveText(HERE, "/metrics", () => `ção ${++count}\n`);
}

/** Sends a request and reads the whole response. */
async function ask({ port }: TextServer, path: string, method = "GET") {
  const response = await within(
    fetch(`http://127.0.0.1:${port}${path}`, { method }),
    `the answer to ${method} ${path}`,
  );
  const type = response.headers.get("content-type");
  return { status: response.status, type, text: await response.text() };
}

Deno.test("serveText: answers each GET of its path with a new text", async () => {
  const server = serveCount();
  for (const count of [1, 2]) {
    assertEquals(await ask(server, "/metrics"), {
      status: 200,
      type: TYPE,
      text: `ção ${count}\n`,
    });
  }
  assertEquals((await ask(server, "/metrics?name=x")).text, "ção 3\n");
  await server.close();
});

Deno.test("serveText: answers any other path or method with 404", async () => {
  const server = serveCount();
  for (const path of ["/", "/metrics/", "/metricsx", "/METRICS", "//metrics", "/x/metrics"]) {
    assertEquals(await ask(server, path), { status: 404, type: TYPE, text: "Not found\n" }, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    assertEquals((await ask(server, "/metrics", method)).status, 404, method);
  }
  assertEquals((await ask(server, "/metrics", "HEAD")).status, 404);
  assertEquals((await ask(server, "/metrics")).text, "ção 1\n"); // The other requests made no text
  await server.close();
});

Deno.test("serveText: answers a request with a malformed Host with 404", async () => {
  const server = serveCount();
  for (const host of ["a b", "[", "^", "host:port"]) {
    using peer = await RawPeer.connect(server.port);
    await peer.send(`GET /metrics HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    const status = new TextDecoder().decode(await peer.readBytes(12));
    assert(["HTTP/1.1 404", "HTTP/1.1 400"].includes(status), `${host}: ${status}`);
  }
  await server.close();
});

/** The status of a GET with that Host. */
async function statusFor({ port }: TextServer, host: string): Promise<string> {
  using peer = await RawPeer.connect(port);
  await peer.send(`GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return new TextDecoder().decode(await peer.readBytes(12)).slice(-3);
}

Deno.test("serveText: answers only requests for an address, localhost or one of its names", async () => {
  const server = serveText(HERE, "/metrics", () => "secret", ["my-host"]);
  for (const host of ["127.0.0.1", "[::1]:80", "10.0.0.5:9464", "localhost:1", "My-Host:9464"]) {
    assertEquals(await statusFor(server, host), "200", host);
  }
  for (const host of ["evil.example", "my-host.evil.example", "localhost.evil.example:9464"]) {
    assertEquals(await statusFor(server, host), "421", host);
  }
  await server.close();
});

Deno.test("serveText: throws in-use for a port that is taken", async () => {
  const server = serveCount();
  const taken = { ...HERE, port: server.port };
  const error = assertThrows(() => serveText(taken, "/", () => ""), ConnectionError);
  assertEquals([error.code, error.address], ["in-use", `127.0.0.1:${server.port}`]);
  await server.close();
  await serveText(taken, "/", () => "").close(); // Now it is free
});

Deno.test("serveText: throws unusable for an address of another machine", () => {
  const elsewhere = { hostname: "192.0.2.1", port: 0 };
  const error = assertThrows(() => serveText(elsewhere, "/", () => ""), ConnectionError);
  assertEquals(error.code, "unusable");
});

Deno.test("serveText: close ends idle connections and unfinished requests", async () => {
  const server = serveCount();
  using idle = await RawPeer.connect(server.port);
  using half = await RawPeer.connect(server.port);
  await half.send("GET /metrics HTT");
  using asking = await RawPeer.connect(server.port);
  await asking.send("GET /metrics HTTP/1.1\r\nhost: here\r\n\r\n");
  await asking.readBytes(20); // The connection is kept alive
  await within(server.close(), "the server to end");
  for (const peer of [idle, half, asking]) await peer.ended();
});
