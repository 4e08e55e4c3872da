import { assertEquals } from "@std/assert";
import { ChatScreen } from "../../lib/cli/interactive/chat_screen.ts";
import { InteractiveSession } from "../../lib/cli/interactive/interactive_session.ts";
import type { Completer } from "../../lib/cli/terminal/line_input.ts";
import { PipeInput } from "../../lib/cli/terminal/pipe_input.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { TestClient } from "../helpers/clients.ts";
import { CapturedOutput } from "../helpers/output.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

/** An input whose lines come from a test, with the completer of a terminal. */
class ScriptedInput extends PipeInput {
  complete: Completer = () => Promise.resolve([[], ""]);
  readonly #writer: WritableStreamDefaultWriter<string>;

  constructor() {
    const { readable, writable } = new TextEncoderStream();
    super(readable);
    this.#writer = writable.getWriter();
  }

  async enter(line: string): Promise<void> {
    await this.#writer.write(`${line}\n`);
  }

  override setCompleter(complete: Completer = this.complete): void {
    this.complete = complete;
  }
}

/** Starts a session with a scripted input, as `guest-1` of its own server. */
async function startSession() {
  const stack = new AsyncDisposableStack();
  const output = stack.use(new CapturedOutput());
  const server = stack.use(await startServer());
  const input = new ScriptedInput();
  const locale = makeLocale("en");
  const screen = new ChatScreen({
    input,
    locale,
    bell: false,
    ownNick: () => "guest-1",
    onFirst: () => {},
  });
  const connection = { hostname: "127.0.0.1", port: server.port };
  const chat = await ReconnectingChat.start({
    ...connection,
    onUpdate: (update) => screen.onUpdate(update),
  });
  const session = new InteractiveSession(chat, screen, {
    connection,
    directory: ".",
    replace: false,
    talk: false,
    bell: false,
    locale,
    input,
    signal: new AbortController().signal,
  });
  const running = session.run();
  stack.defer(async () => {
    await input.enter("quit");
    await running;
    await chat.quit();
    input.close();
  });
  return { server, screen, input, output, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("part: removes the nicks of the room from the completions", async () => {
  await using fixture = await startSession();
  const { server, screen, input, output } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.chat.setNick("ana");
  const isInLobby = () => screen.roster.nicksIn("lobby").includes("ana");
  await until(isInLobby, "ana in the lobby");
  await ana.client.chat.join("garden");
  await ana.client.chat.part("lobby");
  await input.enter("join garden");
  await until(() => output.out.includes("#garden"), "the garden");
  await until(() => !isInLobby(), "ana to leave the lobby");
  const [words, last]: readonly [string[], string] = await input.complete("msg a");
  assertEquals([words, last], [["ana"], "a"]);
  await input.enter("part garden");
  await until(() => output.out.includes("You left #garden"), "the lobby");
  assertEquals(await input.complete("msg a"), [[], "a"]);
});
