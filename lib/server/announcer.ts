import { fill } from "../protocol/fill_text.ts";
import type { Announcement } from "../discovery/announce.ts";
import { messageOf } from "../protocol/errors.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { ServerPort } from "./server_port.ts";
import type { ServerSettings } from "./config/options.ts";

/** Tells the local network of a server, always with the key that it has. */
export class Announcer {
  readonly #settings: ServerSettings;
  readonly #port: ServerPort;
  #announcement: Announcement | null = null;
  #fingerprint: string | null = null;

  /** Does nothing yet. The port belongs to the caller. */
  constructor(settings: ServerSettings, port: ServerPort) {
    this.#settings = settings;
    this.#port = port;
  }

  /** Begins, if the settings ask for it. Where that fails, the log says so, and the server goes on. */
  async start(): Promise<void> {
    const { announce: name, requireAccount: login, language, onEvent } = this.#settings;
    if (name === null) return;
    const { listener: { address: { port } }, fingerprint } = this.#port;
    try {
      const { announce } = await import("../discovery/announce.ts"); // 15 MB that few servers need
      this.#announcement = await announce({ name, port, fingerprint, login });
      this.#fingerprint = fingerprint;
      onEvent({ event: "announced", name });
    } catch (error) {
      const reason = messageOf(error);
      onEvent({ event: "warning", message: fill(LOG_TEXTS.noAnnouncement, language, { reason }) });
    }
  }

  /** Announces the server anew if a renewed certificate has another key. */
  async renew(): Promise<void> {
    if (this.#announcement === null || this.#port.fingerprint === this.#fingerprint) return;
    await this.stop();
    await this.start();
  }

  /** Says goodbye, within half a second. */
  async stop(): Promise<void> {
    const announcement = this.#announcement;
    this.#announcement = null;
    await announcement?.stop();
  }
}
