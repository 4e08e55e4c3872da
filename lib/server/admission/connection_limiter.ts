import { describeFailure, messageOf } from "../../protocol/errors.ts";
import { CHAT_FAIL_TEXTS } from "../../protocol/chat_failures.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { closeSocket, formatAddress, shutDownAndDrain, type Socket } from "../../stream/socket.ts";
import type { ServerServices } from "../context/services.ts";
import { countRefusal } from "../monitoring/stats.ts";
import type { Capacity } from "./capacity.ts";

/** Decides which connections become clients, and tells the others why they do not. */
export class ConnectionLimiter {
  readonly #services: ServerServices;
  readonly #capacity: Capacity;
  readonly #clientsByAddress = new Map<string, number>();
  #clients = 0;
  #refusals = 0;

  /** Counts from zero. */
  constructor(services: ServerServices, capacity: Capacity) {
    this.#services = services;
    this.#capacity = capacity;
  }

  /**
   * Admits a connection, which must be released when it is closed.
   *
   * @returns `null` if it is admitted; else resolves when it is closed, with a last frame
   */
  admit(socket: Socket): Promise<void> | null {
    const address = formatAddress(socket.remoteAddr);
    const { language } = this.#services.settings;
    if (this.#isBanned(address)) {
      return this.#refuse(socket, "denied", CHAT_FAIL_TEXTS.banned[language]);
    }
    if (this.#isFull(address)) {
      return this.#refuse(socket, "server-full", describeFailure("server-full", language));
    }
    this.#clients++;
    this.#clientsByAddress.set(address, this.#clientsFrom(address) + 1);
    return null;
  }

  /** An admitted connection from this address is closed. */
  release(address: string): void {
    this.#clients--;
    const left = this.#clientsFrom(address) - 1;
    if (left <= 0) this.#clientsByAddress.delete(address);
    else this.#clientsByAddress.set(address, left);
  }

  #clientsFrom(address: string): number {
    return this.#clientsByAddress.get(address) ?? 0;
  }

  #isFull(address: string): boolean {
    const { maxPerAddress } = this.#services.settings; // 0 for no limit
    const isAddressFull = maxPerAddress > 0 && this.#clientsFrom(address) >= maxPerAddress;
    return isAddressFull || this.#clients >= this.#capacity.clients;
  }

  /** A database that fails keeps nobody out. */
  #isBanned(address: string): boolean {
    try {
      return this.#services.bans.find(address) !== null;
    } catch (error) {
      this.#services.settings.onEvent({ event: "error", message: messageOf(error) });
      return false;
    }
  }

  #refuse(socket: Socket, code: "denied" | "server-full", text: string): Promise<void> {
    const { settings, stats } = this.#services;
    const address = formatAddress(socket.remoteAddr);
    countRefusal(stats, code);
    settings.onEvent({ event: "refused", client: null, address, code });
    return this.#closeWith(socket, encodeFrame("FERR", text));
  }

  /** Closes with a last frame, or without one when too many connections are being told already. */
  async #closeWith(socket: Socket, frame: Uint8Array): Promise<void> {
    if (this.#refusals >= this.#capacity.refusals) return closeSocket(socket);
    this.#refusals++;
    try {
      await socket.write(frame);
      await shutDownAndDrain(socket);
    } catch {
      // The peer has left before it could be told
    } finally {
      this.#refusals--;
      closeSocket(socket);
    }
  }
}
