import { LastingChat } from "../client/lasting_chat.ts";
import { briefRetry } from "../client/backoff.ts";
import type { ConnectOptions } from "../client/client.ts";
import type { Language } from "../protocol/errors.ts";
import { formatEndpoint } from "../stream/tcp.ts";
import { ChatScreen } from "./chat_screen.ts";
import { EXIT } from "./failure.ts";
import { InteractiveSession } from "./interactive_session.ts";
import type { LineInput } from "./line_input.ts";
import { writeError } from "./output.ts";
import { translator } from "./texts.ts";

/** How the interactive client is set up. */
export interface InteractiveOptions {
  readonly connection: ConnectOptions;
  /** The nick to take. Default: what the server gives. */
  readonly nick?: string;
  /** How much of the past of a room is shown on joining it; by default 50, to a script nothing. */
  readonly history?: number;
  readonly directory: string;
  readonly replace: boolean;
  /** Start with every line as chat. */
  readonly talk: boolean;
  /** Ring when somebody speaks to one by name. */
  readonly bell: boolean;
  readonly language: Language;
  readonly input: LineInput;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

const HISTORY = 50;

/**
 * Talks with a person, or with a script line by line, until one of them has enough.
 *
 * @returns the exit code; for a script that of the first command that failed
 */
export async function interact(options: InteractiveOptions): Promise<number> {
  const { connection, nick, signal, input, language, bell, history } = options;
  const t = translator(language);
  let chat: LastingChat | null = null;
  const ownNick = () => chat?.client.chat.nick ?? nick ?? null;
  const onFirst = () => {
    if (input.isTerminal) input.print(t("connectedTo", { address: formatEndpoint(connection) }));
  };
  const screen = new ChatScreen({ input, language, t, bell, ownNick, onFirst });
  let session: InteractiveSession | null = null;
  chat = await LastingChat.start({
    ...connection,
    signal,
    history: history ?? (input.isTerminal ? HISTORY : 0),
    ...(nick !== undefined && { nick }),
    ...(!input.isTerminal && { retry: briefRetry }),
    onUpdate: (update) => {
      screen.onUpdate(update);
      session?.showPrompt();
    },
  });
  const own = ownNick();
  if (input.isTerminal && own !== null) input.print(t("yourNick", { nick: own }));
  const interactive = session = new InteractiveSession(chat, screen, options);
  try {
    await Promise.race([chat.ended, interactive.lost, interactive.run()]);
    input.close();
    signal.throwIfAborted();
    await chat.quit();
  } finally {
    input.close();
    chat.close();
  }
  if (input.isTerminal) writeError(`${t("left")}\n`);
  return input.isTerminal ? EXIT.done : interactive.exitCode;
}
