import { assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { until } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";

const REFUSED: Array<[what: string, text: string, code: string]> = [
  ["nothing", "", "bad-request"],
  ["white space", " \t\n", "bad-request"],
  ["4097 bytes", "a".repeat(4097), "too-large"],
  ["2049 characters of two bytes", "ã".repeat(2049), "too-large"],
];

for (const [what, text, code] of REFUSED) {
  Deno.test(`a message of ${what} is not sent`, async () => {
    await using server = await startServer();
    await using client = await TestClient.connect(server.port);
    const error = assertThrows(() => client.client.sendChat(text), RequestError);
    assertEquals(error.code, code);
    client.client.sendChat("marker");
    await client.client.quit();
    assertEquals(server.eventsOf("chat").map(({ text }) => text), ["marker"]);
  });
}

const SENT: Array<[what: string, text: string]> = [
  ["one byte", "a"],
  ["4096 bytes", "a".repeat(4096)],
  ["2048 characters of two bytes", "ã".repeat(2048)],
  ["several lines", "one\ntwo\tthree"],
];

for (const [what, text] of SENT) {
  Deno.test(`a message of ${what} arrives whole, in one piece`, async () => {
    await using server = await startServer();
    await using listener = await TestClient.connect(server.port);
    await server.waitFor("connected");
    await using speaker = await TestClient.connect(server.port);
    speaker.client.sendChat(text);
    await until(() => listener.heard.length > 0, "the message");
    assertEquals(listener.heard, [`[guest-2]: ${text}`]);
  });
}

Deno.test("messages arrive in the order in which they were sent", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  await using listener = await TestClient.connect(server.port);
  await server.waitFor("connected");
  await using speaker = await TestClient.connect(server.port);
  const texts = Array.from({ length: 200 }, (_, i) => `message ${i}`);
  for (const text of texts) speaker.client.sendChat(text);
  await until(() => listener.heard.length === texts.length, "all messages");
  assertEquals(listener.heard, texts.map((text) => `[guest-2]: ${text}`));
});

Deno.test("sending after the end does nothing, and closed tells why", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  client.client.close();
  client.client.sendChat("too late");
  assertEquals(await client.closed(), null);
});
