import { abortable } from "@std/async/abortable";
import type { ConnectOptions } from "../../client/connect_options.ts";
import { ConnectionError, ProtocolError, RequestError } from "../../protocol/errors.ts";
import { type Endpoint, formatEndpoint } from "../../stream/endpoint.ts";
import type { LineInput } from "../terminal/line_input.ts";
import type { Locale } from "../texts/locale.ts";
import {
  connectOptions,
  type Invocation,
  invocationFor,
  type Prompts,
  requireAddress,
} from "./client_invocation.ts";
import { cleanLine, type DisplayText } from "../../protocol/text.ts";
import { retryMistakes } from "./retry_mistakes.ts";

/** How often a wrong password is asked for again. */
const PASSWORDS = 3;

/** How a first connection fails if the address is not that of a server. */
const WRONG_ADDRESS: ReadonlySet<string> = new Set([
  "refused",
  "unreachable",
  "timeout",
  "lost",
  "tls-unexpected",
  "other-service",
]);

/**
 * Asks the user for what a first connection needs, and at a terminal for what made it fail: the account,
 * the password, or the address.
 */
export class FailureQuestions {
  #invocation: Invocation;
  readonly #input: LineInput;
  #passwords = 0;

  /** Uses the input, does not own it. */
  constructor(invocation: Invocation, input: LineInput) {
    this.#invocation = invocation;
    this.#input = input;
  }

  /**
   * How to connect first. Asks about an unknown server, then for the password.
   *
   * @throws what `connectOptions` throws, if no answer can help or none comes
   */
  async connection(): Promise<ConnectOptions> {
    const prompts: Prompts = {
      ask: (question) => this.#input.ask(question),
      askSecret: (question) => this.#input.askSecret(question),
    };
    for (;;) {
      const endpoint = requireAddress(this.#invocation.args[0], this.#invocation.locale);
      try {
        return await connectOptions(endpoint, this.#invocation, prompts);
      } catch (failure) {
        if (!this.#input.isTerminal || !isWrongAddress(failure)) throw failure;
        await this.#askServer(failure, endpoint);
      }
    }
  }

  /** The room of the last address or option; `undefined` for the lobby. */
  get room(): string | undefined {
    return this.#invocation.values.room?.[0];
  }

  /**
   * Finds another connection to try.
   *
   * @throws the failure, if no answer can help or none comes
   */
  async askAgain(failure: unknown, connection: ConnectOptions): Promise<ConnectOptions> {
    if (!this.#input.isTerminal) throw failure;
    const { login } = connection;
    if (isWrongPassword(failure) && login !== undefined && this.#passwords++ < PASSWORDS) {
      return { ...connection, login: { ...login, password: await this.#askPassword(failure) } };
    }
    if (needsLogin(failure) && login === undefined) {
      return await this.#askLogin(failure, connection);
    }
    if (!isWrongAddress(failure)) throw failure;
    if (login !== undefined) this.#invocation = { ...this.#invocation, login };
    await this.#askServer(failure, connection);
    return await this.connection();
  }

  async #askLogin(failure: unknown, connection: ConnectOptions): Promise<ConnectOptions> {
    const { locale, interrupt: { signal } } = this.#invocation;
    this.#input.print(locale.failure(failure).message);
    const user = (await abortable(this.#input.ask(locale.t("askAccount")), signal))?.trim();
    const password = user &&
      await abortable(this.#input.askSecret(locale.t("askPassword")), signal);
    if (!user || typeof password !== "string") throw failure;
    return { ...connection, login: { user, password } };
  }

  async #askPassword(failure: unknown): Promise<string> {
    const { locale, interrupt: { signal } } = this.#invocation;
    this.#input.print(locale.failure(failure).message);
    const password = await abortable(this.#input.askSecret(locale.t("askPassword")), signal);
    if (password === null) throw failure;
    return password;
  }

  /** Asks until the answer is an address; an empty one means the same as before. */
  async #askServer(failure: unknown, { hostname, port }: Endpoint): Promise<void> {
    const { locale, interrupt: { signal } } = this.#invocation;
    const host = formatEndpoint({ hostname, port });
    this.#input.print(describe(failure, host, locale));
    this.#invocation = await retryMistakes(this.#input, async () => {
      const answer = await abortable(this.#input.ask(locale.t("askHost", { host })), signal);
      if (answer === null) throw failure;
      const address = answer.trim();
      return address === "" ? this.#invocation : await invocationFor(address, this.#invocation);
    });
  }
}

function isWrongPassword(failure: unknown): boolean {
  return failure instanceof RequestError && failure.code === "auth-failed";
}

function needsLogin(failure: unknown): boolean {
  return failure instanceof RequestError && failure.code === "unauthenticated";
}

function isWrongAddress(failure: unknown): boolean {
  return failure instanceof ProtocolError ||
    (failure instanceof ConnectionError && WRONG_ADDRESS.has(failure.code));
}

/** Something answers there, or nothing does. */
function describe(
  failure: unknown,
  address: string,
  { t, failure: describe }: Locale,
): DisplayText {
  const { message } = describe(failure);
  const isOther = failure instanceof ProtocolError ||
    (failure instanceof ConnectionError && failure.code === "lost");
  return isOther ? t("noServer", { address: cleanLine(address), reason: message }) : message;
}
