import { CHAT_FAIL_TEXTS } from "../../protocol/chat_failures.ts";
import { describeFailure, messageOf } from "../../protocol/errors.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { formatAddress, type Socket } from "../../stream/framed_connection.ts";
import { Admission } from "./admission.ts";
import type { Capacity } from "./capacity.ts";
import type { ServerServices } from "../context/services.ts";
import { countRefusal } from "../monitoring/stats.ts";

/** Lets connections in, or tells them why not. */
export class Door {
  readonly #services: ServerServices;
  readonly #admission: Admission;

  /** @param capacity how many there is room for */
  constructor(services: ServerServices, capacity: Capacity) {
    this.#services = services;
    this.#admission = new Admission(capacity, services.settings.maxPerAddress);
  }

  /**
   * Lets a connection in, which must `leave` some day.
   *
   * @returns `null` when it is in; else what closes it, with a last word
   */
  enter(conn: Socket): Promise<void> | null {
    const address = formatAddress(conn.remoteAddr);
    const { language } = this.#services.settings;
    if (this.#isBanned(address)) {
      return this.#refuse(conn, "denied", CHAT_FAIL_TEXTS.banned[language]);
    }
    if (this.#admission.enter(address)) return null;
    return this.#refuse(conn, "server-full", describeFailure("server-full", language));
  }

  /** A connection from there is gone. */
  leave(address: string): void {
    this.#admission.leave(address);
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

  #refuse(conn: Socket, code: "denied" | "server-full", text: string): Promise<void> {
    const { settings, stats } = this.#services;
    const address = formatAddress(conn.remoteAddr);
    countRefusal(stats, code);
    settings.onEvent({ event: "refused", client: null, address, code });
    return this.#admission.refuse(conn, encodeFrame("FERR", text));
  }
}
