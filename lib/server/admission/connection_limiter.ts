import { describeFailure, messageOf } from "../../protocol/errors.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { PEER_REASON_TEXTS } from "../../protocol/reason_texts.ts";
import { closeSocket, formatAddress, shutDownAndDrain, type Socket } from "../../stream/socket.ts";
import type { ServerServices } from "../context/services.ts";
import { RepeatedFailure } from "../monitoring/repeated_failure.ts";
import { countRefusal } from "../monitoring/stats.ts";
import type { Capacity } from "./capacity.ts";

/** Admits connections, and refuses the others with a reason. */
export class ConnectionLimiter {
  readonly #services: ServerServices;
  readonly #capacity: Capacity;
  readonly #clientsByAddress = new Map<string, number>();
  readonly #lookups: RepeatedFailure;
  #clients = 0;
  #refusals = 0;

  /** Counts from zero. */
  constructor(services: ServerServices, capacity: Capacity) {
    this.#services = services;
    this.#capacity = capacity;
    this.#lookups = new RepeatedFailure((error) => {
      services.settings.onEvent({ event: "error", message: messageOf(error) });
    });
  }

  /**
   * Admits or refuses a connection. An admitted connection must be released when it is closed.
   *
   * @returns `null` if it is admitted, else a promise that resolves when it is closed
   */
  admit(socket: Socket): Promise<void> | null {
    const address = formatAddress(socket.remoteAddr);
    const { language } = this.#services.settings;
    if (this.#isBanned(address)) {
      return this.#refuse(socket, "denied", PEER_REASON_TEXTS.banned[language]);
    }
    if (this.#isFull(address)) {
      return this.#refuse(socket, "server-full", describeFailure("server-full", language));
    }
    this.#clients++;
    this.#clientsByAddress.set(address, this.#clientsFrom(address) + 1);
    return null;
  }

  /** Releases an admitted connection. */
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

  /** If the database fails, no address counts as banned. */
  #isBanned(address: string): boolean {
    return this.#lookups.run(
      () => this.#services.bans.findAddress(address) !== null,
      () => false,
    );
  }

  #refuse(socket: Socket, code: "denied" | "server-full", text: string): Promise<void> {
    const { settings, stats } = this.#services;
    const address = formatAddress(socket.remoteAddr);
    countRefusal(stats, code);
    settings.onEvent({ event: "refused", client: null, address, code });
    return this.#closeWith(socket, encodeFrame("FERR", text));
  }

  /** Closes a socket after a last frame, or at once if too many refusals are under way. */
  async #closeWith(socket: Socket, frame: Uint8Array): Promise<void> {
    if (this.#refusals >= this.#capacity.refusals) return closeSocket(socket);
    this.#refusals++;
    try {
      await socket.write(frame);
      await shutDownAndDrain(socket);
    } catch {
      // The peer has closed first
    } finally {
      this.#refusals--;
      closeSocket(socket);
    }
  }
}
