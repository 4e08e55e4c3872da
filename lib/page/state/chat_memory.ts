import { type ReadonlySignal, signal } from "@preact/signals-core";
import { LOBBY } from "../../protocol/chat_names.ts";
import { RequestError } from "../../protocol/errors.ts";
import { pause } from "../../async/pause.ts";
import type { ReconnectingChat } from "../../client/reconnecting_chat.ts";
import type { PageClient } from "../net/page_client.ts";
import type { PagePlatform } from "../net/platform.ts";

const ROOMS_NAME = "rooms";
/** Attempts at a nick that the page's former connection may still have, and the pause between them. */
const NICK_ATTEMPTS = 10;
const NICK_PAUSE_MS = 1_000;

/** The rooms and the nick that a page had before it was loaded again. */
export class ChatMemory {
  readonly #platform: PagePlatform;
  readonly #takenNick = signal<string | null>(null);

  /** The nick that the client wants and another client has; `null` for none. */
  readonly takenNick: ReadonlySignal<string | null> = this.#takenNick;

  constructor(platform: PagePlatform) {
    this.#platform = platform;
  }

  /** Begins anew: for another client. */
  reset(): void {
    this.#takenNick.value = null;
  }

  /** Keeps the rooms of this tab. */
  keepRooms(rooms: readonly string[]): void {
    this.#platform.tab.set(ROOMS_NAME, JSON.stringify(rooms));
  }

  /** Keeps the nick. @param user the account; `null` for a guest */
  keepNick(nick: string, user: string | null): void {
    this.#takenNick.value = null;
    this.#platform.tab.set(nickName(user), nick);
    this.#platform.browser.set(nickName(user), nick);
  }

  /** Takes the nick and joins the rooms of before, as far as they can be had. */
  async restore(chat: ReconnectingChat<PageClient>, signal: AbortSignal): Promise<void> {
    await Promise.all([this.#restoreNick(chat, signal), this.#restoreRooms(chat)]);
  }

  async #restoreNick(chat: ReconnectingChat<PageClient>, signal: AbortSignal): Promise<void> {
    const user = chat.client.account?.user ?? null;
    const name = nickName(user);
    const wanted = this.#platform.tab.get(name) ?? this.#platform.browser.get(name) ?? user;
    if (wanted === null) return;
    for (let attempt = 1; !signal.aborted && attempt <= NICK_ATTEMPTS; attempt++) {
      try {
        await chat.setNick(wanted);
        this.#takenNick.value = null;
        return;
      } catch (error) {
        const isTaken = error instanceof RequestError && error.code === "exists";
        if (isTaken && !signal.aborted) this.#takenNick.value = wanted;
        // Another tab has it for good; a connection that was cut off, for a while
        if (!isTaken || this.#platform.tab.get(name) !== wanted) return;
      }
      await pause(NICK_PAUSE_MS, signal);
    }
  }

  async #restoreRooms(chat: ReconnectingChat<PageClient>): Promise<void> {
    const rooms = this.#keptRooms();
    if (rooms === null) return;
    for (const room of rooms) {
      if (room !== LOBBY) await chat.join(room).catch(() => {}); // It may be closed to the client now
    }
    if (!rooms.includes(LOBBY)) await chat.part(LOBBY).catch(() => {});
  }

  #keptRooms(): string[] | null {
    const kept = this.#platform.tab.get(ROOMS_NAME);
    return kept === null ? null : JSON.parse(kept);
  }
}

function nickName(user: string | null): string {
  return user === null ? "nick" : `nick ${user}`;
}
