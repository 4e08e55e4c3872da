import { ChatScreen } from "../../lib/cli/interactive/chat_screen.ts";
import { InteractiveSession } from "../../lib/cli/interactive/interactive_session.ts";
import type { Completer } from "../../lib/cli/terminal/line_input.ts";
import { PipeInput } from "../../lib/cli/terminal/pipe_input.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { Bandwidth } from "../../lib/stream/bandwidth.ts";
import { CapturedOutput } from "./output.ts";
import { Proxy, type Tap } from "./proxy.ts";
import { startServer } from "./servers.ts";
import { TempDir } from "./temp_dir.ts";

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
export function startSession(...options: Parameters<typeof startServer>) {
  return startSessionThrough([], ...options);
}

/** The same, with taps on the way to the server. */
export async function startSessionThrough(
  taps: readonly Tap[],
  ...options: Parameters<typeof startServer>
) {
  const stack = new AsyncDisposableStack();
  const output = stack.use(new CapturedOutput());
  const folder = stack.use(new TempDir());
  const server = stack.use(await startServer(...options));
  const proxy = taps.length === 0 ? server : stack.use(await Proxy.start(server.port, taps));
  const input = new ScriptedInput();
  const locale = makeLocale("en");
  const screen = new ChatScreen({
    input,
    locale,
    bell: false,
    ownNick: () => "guest-1",
    onFirst: () => {},
    hasOthers: () => false,
  });
  const connection = {
    hostname: "127.0.0.1",
    port: proxy.port,
    bandwidth: new Bandwidth(),
  };
  const chat = await ReconnectingChat.start({
    ...connection,
    onUpdate: (update) => screen.onUpdate(update),
  }, connect);
  const session = new InteractiveSession(chat, screen, {
    connection,
    room: () => undefined,
    askAgain: (failure) => Promise.reject(failure),
    directory: ".",
    replace: false,
    talk: false,
    bell: false,
    locale,
    input,
    signal: new AbortController().signal,
  });
  const running = session.run();
  let leaving: Promise<void> | null = null;
  const leave = () => leaving ??= input.enter("quit").then(() => running);
  stack.defer(async () => {
    await leave();
    await chat.quit();
    input.close();
  });
  return {
    server,
    folder,
    screen,
    input,
    output,
    chat,
    /** Quits, and resolves once all commands and transfers have ended. */
    leave,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
