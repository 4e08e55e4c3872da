import { RequestError } from "../protocol/errors.ts";
import type { Chat } from "./chat.ts";
import type { ChatClient } from "./chat_client.ts";
import { reclaimNick } from "./reclaim_nick.ts";

/** Options of a {@link KeptNick}. */
export interface KeptNickOptions {
  /** Ends the attempts to take the nick again. */
  readonly signal: AbortSignal;
  /** Called when the client has another nick than before: after a reconnect, or once it is back. */
  readonly onChange: (nick: string, wanted: string | null) => void;
}

/** The nick of a reconnecting chat, and whether it is away: it tells both again over each new connection. */
export class KeptNick {
  readonly #options: KeptNickOptions;
  #wanted: string | null;
  /** The nick that the client had last; `null` before the first. */
  #last: string | null = null;
  /** What the client says while it is away; `null` if it is not. */
  #away: string | null = null;
  /** The chat of the last connection; `null` before the first. */
  #chat: Chat | null = null;

  /** @param wanted `null` for what the server gives */
  constructor(wanted: string | null, options: KeptNickOptions) {
    this.#wanted = wanted;
    this.#options = options;
  }

  /** Whether the client takes a nick on each connection. */
  get isWanted(): boolean {
    return this.#wanted !== null;
  }

  /** Takes another nick, to be kept from now on. @throws {RequestError} */
  async take(client: ChatClient, nick: string): Promise<string> {
    return this.#last = this.#wanted = await client.chat.setNick(nick);
  }

  /** Says that the client is away or back, to be said again from now on. @throws {RequestError} */
  async setAway(client: ChatClient, text: string | null): Promise<void> {
    await client.chat.setAway(text);
    this.#away = text;
  }

  /**
   * Takes the nick again, and says again that the client is away; while it is in use, further attempts follow in the background.
   *
   * @param isFirst whether this is the first connection: then the nick must be had at once
   * @throws {RequestError}
   */
  async restore(client: ChatClient, isFirst: boolean): Promise<void> {
    const wanted = this.#wanted;
    const lost = this.#chat;
    this.#chat = client.chat;
    let isWaiting = false;
    if (lost !== null && client.chat.cluster !== null) isWaiting = await this.#follow(client, lost);
    else if (wanted !== null && wanted !== client.chat.nick) {
      if (isFirst) await client.chat.setNick(wanted);
      else isWaiting = await this.#reclaim(client, wanted);
    }
    const { nick } = client.chat;
    const isOther = nick !== this.#last;
    this.#last = nick;
    if (isOther && !isFirst && nick !== null) {
      // A server with accounts makes `guest-NICK` of it, which is all that is to be had
      this.#options.onChange(nick, isWaiting || wanted === null ? wanted : nick);
    }
    await this.#restoreAway(client);
  }

  /**
   * Ends the former connection, at whichever server of the cluster it was, and takes its nick. A guest that
   * has taken none keeps the one that it had.
   *
   * @returns whether further attempts follow
   */
  async #follow(client: ChatClient, lost: Chat): Promise<boolean> {
    if (this.#wanted !== null) return await this.#reclaim(client, this.#wanted, lost);
    if (this.#last === null) return false;
    try {
      await client.chat.setNick(this.#last, lost);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
    return false;
  }

  /** A server that refuses it is no reason to leave: the next connection says it again. */
  async #restoreAway(client: ChatClient): Promise<void> {
    if (this.#away === null) return;
    try {
      await client.chat.setAway(this.#away);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  }

  async #reclaim(client: ChatClient, nick: string, lost: Chat | null = null): Promise<boolean> {
    return await reclaimNick(client, nick, {
      lost,
      isWanted: () => this.#wanted === nick,
      onReclaimed: (given) => {
        this.#last = given;
        this.#options.onChange(given, given);
      },
      signal: this.#options.signal,
    });
  }
}
