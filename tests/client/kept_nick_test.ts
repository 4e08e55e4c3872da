import { assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { TestClient } from "../helpers/clients.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";
import { Proxy } from "../helpers/proxy.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

type NickUpdate = Extract<ChatUpdate, { kind: "nick" }>;

/** A chat that reconnects through a proxy, and what it tells of its nick. */
async function setUp(nick?: string) {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer());
  const proxy = stack.use(await Proxy.start(server.port));
  const nicks: NickUpdate[] = [];
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: proxy.port,
    ...(nick !== undefined && { nick }),
    retry: () => 0,
    onUpdate: (update) => void (update.kind === "nick" && nicks.push(update)),
  }, connect);
  return { server, proxy, nicks, chat, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("ReconnectingChat: tells of another nick after a reconnect, and when the old one is back", async () => {
  await using fixture = await setUp("ana");
  const { server, proxy, nicks, chat } = fixture;
  const back = Promise.withResolvers<number>();
  proxy.target = back.promise;
  proxy.cutAll("reset");
  await server.waitFor("disconnected");
  const thief = await TestClient.connect(server.port, { protocol: 2 });
  await thief.client.chat.setNick("ana");
  back.resolve(server.port);
  await until(() => nicks.length === 1, "another nick");
  await thief.client.quit();
  await until(() => nicks.length === 2, "the old nick");
  assertEquals(nicks, [
    { kind: "nick", nick: nicks[0]!.nick, wanted: "ana" },
    { kind: "nick", nick: "ana", wanted: "ana" },
  ]);
  assertEquals(nicks[0]!.nick.startsWith("guest-"), true);
  await chat.quit();
});

Deno.test("ReconnectingChat: wants the nick that the server has made of what was asked for", async () => {
  await using fixture = await setUp("ana");
  const { proxy, nicks, chat } = fixture;
  await using withAccounts = new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let request = await peer.read(); request !== null; request = await peer.read()) {
        const { type, json: { id } } = request;
        if (type === "QUIT") return;
        const nick = type === "NICK" && { nick: "guest-ana" };
        await peer.send("DONE", { id, room: "lobby", members: [], seq: 0, ...nick });
      }
    },
  });
  proxy.target = withAccounts.port;
  proxy.cutAll("reset");
  await until(() => nicks.length === 1, "another nick");
  await chat.quit();
  assertEquals(nicks, [{ kind: "nick", nick: "guest-ana", wanted: "guest-ana" }]);
});

Deno.test("ReconnectingChat: tells a guest of its new nick after a reconnect", async () => {
  await using fixture = await setUp();
  const { proxy, nicks, chat } = fixture;
  const before = chat.client.chat.nick;
  proxy.cutAll("reset");
  await until(() => nicks.length === 1, "another nick");
  assertEquals(nicks, [{ kind: "nick", nick: chat.client.chat.nick!, wanted: null }]);
  assertEquals(before === chat.client.chat.nick, false);
  await chat.quit();
});

Deno.test("ReconnectingChat: stays with a server that does not take that the client is away", async () => {
  await using fixture = await setUp();
  const { proxy, chat } = fixture;
  await chat.setAway("at lunch");
  const asked: string[] = [];
  await using old = new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let request = await peer.read(); request !== null; request = await peer.read()) {
        const { type, json: { id } } = request;
        asked.push(type);
        if (type === "QUIT") return;
        if (type === "AWAY") await peer.send("FAIL", { id, code: "unsupported", message: "" });
        else await peer.send("DONE", { id, room: "lobby", members: [], seq: 0 });
      }
    },
  });
  proxy.target = old.port;
  proxy.cutAll("reset");
  await until(() => asked.includes("JOIN"), "the chat to come back");
  await chat.quit();
  assertEquals(asked, ["AWAY", "JOIN", "QUIT"]);
});

Deno.test("ReconnectingChat: others are told of a client with a nick once, under that, also after a reconnect", async () => {
  await using server = await startServer();
  const listener = await TestClient.connect(server.port, { protocol: 2 });
  const lines: string[] = [];
  const listening = (async () => {
    for await (const event of listener.client.events()) {
      if (event.event === "joined" || event.event === "left") {
        lines.push(`${event.event} ${event.nick}`);
      }
      if (event.event === "nick") lines.push(`${event.old} is ${event.nick}`);
    }
  })();
  await using proxy = await Proxy.start(server.port);
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: proxy.port,
    nick: "bia",
    retry: () => 0,
    onUpdate: () => {},
  }, connect);
  await until(() => lines.length === 1, "the first join");
  proxy.cutAll("reset");
  await until(() => lines.length === 3, "the second join");
  await chat.quit();
  await until(() => lines.length === 4, "the end");
  assertEquals(lines, ["joined bia", "left bia", "joined bia", "left bia"]);
  await listener.client.quit();
  await listening;
});
