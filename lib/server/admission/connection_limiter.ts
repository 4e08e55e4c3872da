import { nextTurn } from "../../async/next_turn.ts";
import { Condition } from "../../async/condition.ts";
import { KeyCounts } from "../../async/key_counts.ts";
import { pause } from "../../async/pause.ts";
import { type Language, messageOf, type RequestErrorCode } from "../../protocol/errors.ts";
import type { Text } from "../../protocol/fill_text.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { textForPeer } from "../../protocol/reason_texts.ts";
import { formatAddress, networkKey } from "../../stream/ip_address.ts";
import { closeSocket, shutDownAndDrain, type Socket, writeAll } from "../../stream/socket.ts";
import type { ServerServices } from "../context/services.ts";
import { RepeatedFailure } from "../monitoring/repeated_failure.ts";
import { countRefusal } from "../monitoring/stats.ts";
import type { Capacity } from "./capacity.ts";

/** How long a refused peer has to show whether it speaks HTTP. */
const FIRST_BYTES_MS = 250;
/** How long a new connection waits for one of too many refused peers to be told the reason. */
const TELLING_MS = 1_000;
const FIRST_READ_BYTES = 1024;
const NO_BYTES = new Uint8Array();

/** Makes the answer for a refused peer whose first bytes are HTTP; `null` if they are not. */
export type HttpRefusal = (
  first: Uint8Array,
  code: RequestErrorCode,
  text: Text,
  language: Language,
) => Uint8Array | null;

/** What a limiter does besides counting; each has a default. */
export interface LimiterOptions {
  /** Default: frames alone are spoken. */
  readonly refuseHttp?: HttpRefusal | null;
  /**
   * Closes a connection that waits for nothing, and releases it before it returns. Default: none waits.
   *
   * @param isCandidate whether a connection of this address makes the room that is needed
   * @returns whether there was one
   */
  readonly makeRoom?: (isCandidate: (address: string) => boolean) => boolean;
}

/** A refused connection. */
interface Refused {
  readonly socket: Socket;
  /** Resolved when its first bytes are waited for no longer. */
  readonly hurry: PromiseWithResolvers<void>;
  /** Whether the reason is sent, and what the peer had sent until then is read: a close resets nothing. */
  isTold: boolean;
}

type RefusalCode = "denied" | "server-full";

/** Admits connections, and refuses the others with a reason. */
export class ConnectionLimiter {
  readonly #services: ServerServices;
  readonly #capacity: Capacity;
  /** By address, and by network where that is more than an address. */
  readonly #clientsBySource = new KeyCounts<string>();
  readonly #lookups: RepeatedFailure;
  readonly #refuseHttp: HttpRefusal | null;
  readonly #makeRoom: NonNullable<LimiterOptions["makeRoom"]>;
  #clients = 0;
  /** Those that are not closed yet, the oldest first. */
  readonly #refused = new Set<Refused>();
  /** Notified when a refused peer is told or has left. */
  readonly #changes = new Condition();

  /** Counts from zero. */
  constructor(
    services: ServerServices,
    capacity: Capacity,
    { refuseHttp = null, makeRoom = () => false }: LimiterOptions = {},
  ) {
    this.#refuseHttp = refuseHttp;
    this.#makeRoom = makeRoom;
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
    if (this.#isBanned(address)) {
      return this.#refuse(socket, "denied", "banned");
    }
    const source = this.#fullSource(address);
    const hasPlace = source === null || this.#makeRoom((each) => sourcesOf(each).has(source));
    if (this.#isFull && !(hasPlace && this.#makeRoom(() => true))) {
      return this.#refuse(socket, "server-full");
    }
    if (!hasPlace) return this.#refuse(socket, "server-full", "address-full");
    this.#clients++;
    for (const source of sourcesOf(address)) this.#clientsBySource.increment(source);
    return null;
  }

  /** Releases an admitted connection. */
  release(address: string): void {
    this.#clients--;
    for (const source of sourcesOf(address)) this.#clientsBySource.decrement(source);
  }

  get #isFull(): boolean {
    return this.#clients >= this.#capacity.clients;
  }

  /**
   * The address, or its network, if that has all its connections: a client can use all addresses of its
   * IPv6 network.
   */
  #fullSource(address: string): string | null {
    const { maxPerAddress } = this.#services.settings;
    if (maxPerAddress === 0) return null; // No limit
    const network = networkKey(address);
    if (this.#clientsBySource.of(address) >= maxPerAddress) return address;
    const perNetwork = maxPerAddress * LIMITS.addressesPerNetwork;
    return this.#clientsBySource.of(network) >= perNetwork ? network : null;
  }

  /** If the database fails, no address counts as banned. */
  #isBanned(address: string): boolean {
    return this.#lookups.run(
      () => this.#services.bans.findAddress(address) !== null,
      () => false,
    );
  }

  #refuse(socket: Socket, code: RefusalCode, reason?: "banned" | "address-full"): Promise<void> {
    const { settings, stats } = this.#services;
    const address = formatAddress(socket.remoteAddr);
    countRefusal(stats, code);
    const details = { address, code, ...(reason && { reason }) };
    settings.onEvent({ event: "refused", client: null, ...details });
    return this.#closeWith(socket, code, textForPeer({ code, reason: reason ?? null }));
  }

  /**
   * Resolves once there is room to refuse another connection. If too many are being refused, the oldest
   * that knows the reason ends; if none knows it for a moment, since peers hold that up, the oldest does.
   */
  async refusalRoom(): Promise<void> {
    const untilMs = performance.now() + TELLING_MS;
    while (this.#refused.size >= this.#capacity.refusals) {
      const [oldest] = this.#refused;
      if (oldest === undefined) return;
      oldest.hurry.resolve();
      const told = this.#refused.values().find(({ isTold }) => isTold);
      const leftMs = untilMs - performance.now();
      if (told === undefined && leftMs > 0) {
        await this.#refusedChange(leftMs);
        continue;
      }
      const ended = told ?? oldest;
      this.#refused.delete(ended);
      closeSocket(ended.socket);
    }
  }

  /** Resolves when a refused peer is told or has left, or after `ms`. */
  async #refusedChange(ms: number): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.#changes.wait(), pause(ms, over.signal)]);
    over.abort();
  }

  /** Closes a socket after a reason. */
  async #closeWith(socket: Socket, code: RefusalCode, text: Text): Promise<void> {
    const { language } = this.#services.settings;
    const refused = { socket, hurry: Promise.withResolvers<void>(), isTold: false };
    this.#refused.add(refused);
    try {
      const first = this.#refuseHttp === null ? NO_BYTES : await firstBytes(refused);
      const answer = this.#refuseHttp?.(first, code, text, language) ??
        encodeFrame("FERR", text[language]);
      await writeAll(socket, answer);
      const drained = shutDownAndDrain(socket);
      nextTurn().then(() => this.#onTold(refused));
      await drained;
    } catch {
      // The peer has closed first
    } finally {
      this.#refused.delete(refused);
      closeSocket(socket);
      this.#changes.notifyAll();
    }
  }

  #onTold(refused: Refused): void {
    refused.isTold = true;
    this.#changes.notifyAll();
  }
}

function sourcesOf(address: string): Set<string> {
  return new Set([address, networkKey(address)]);
}

/** The first bytes of a peer; none if it is silent for a moment. The read may be left pending. */
async function firstBytes({ socket, hurry }: Refused): Promise<Uint8Array> {
  const buffer = new Uint8Array(FIRST_READ_BYTES);
  const reading = socket.read(buffer).then((count) => buffer.subarray(0, count ?? 0));
  reading.catch(() => {}); // The peer has left, which the write will tell
  const silence = Promise.withResolvers<Uint8Array>();
  const timer = setTimeout(() => silence.resolve(NO_BYTES), FIRST_BYTES_MS);
  hurry.promise.then(() => silence.resolve(NO_BYTES));
  try {
    return await Promise.race([reading, silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}
