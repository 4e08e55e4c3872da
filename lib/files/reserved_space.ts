import { RequestError } from "../protocol/errors.ts";
import { freeBytes } from "./system.ts";

/** Space of a file system that a file under way has to itself. Disposal gives back what it has not filled. */
export interface SpaceReservation extends Disposable {
  /** So many more bytes are written: the file system counts them itself by now. */
  fill(bytes: number): void;
}

/** What a {@link ReservedSpace} asks the system for. */
export interface SpaceSource {
  /** Free bytes of a folder's file system; `null` if the system does not tell. */
  readonly freeBytes: (folder: string) => Promise<number | null>;
  /** The same for all folders of one file system; `null` if that cannot be told. */
  readonly device: (folder: string) => Promise<number | null>;
}

/** A reservation that is open. */
interface OpenReservation {
  readonly device: number | null;
  readonly isStalled: () => boolean;
  leftBytes: number;
}

const SYSTEM: SpaceSource = {
  freeBytes,
  device: (folder) => Deno.stat(folder).then(({ dev }) => dev, () => null),
};

/** Divides the free space of file systems among the files that are under way at once. */
export class ReservedSpace {
  readonly #source: SpaceSource;
  readonly #open = new Set<OpenReservation>();

  /** @param source default: the system */
  constructor(source: SpaceSource = SYSTEM) {
    this.#source = source;
  }

  /**
   * Reserves space, before its file is received: the files under way must all fit, not each of them alone. Where
   * the system does not tell of its space, there is enough.
   *
   * @param folder is there
   * @param isStalled whether the file does not grow: then it keeps no space from others
   * @throws {RequestError} `no-space`
   */
  async reserve(
    folder: string,
    bytes: number,
    isStalled: () => boolean = () => false,
  ): Promise<SpaceReservation> {
    const [free, device] = await Promise.all([
      this.#source.freeBytes(folder),
      this.#source.device(folder),
    ]);
    if (free !== null && bytes + this.#reservedOn(device) > free) {
      throw new RequestError("no-space");
    }
    const reservation: OpenReservation = { device, isStalled, leftBytes: bytes };
    this.#open.add(reservation);
    return {
      fill: (more) => reservation.leftBytes = Math.max(0, reservation.leftBytes - more),
      [Symbol.dispose]: () => void this.#open.delete(reservation),
    };
  }

  #reservedOn(device: number | null): number {
    let bytes = 0;
    for (const { device: other, isStalled, leftBytes } of this.#open) {
      if (other === device && !isStalled()) bytes += leftBytes;
    }
    return bytes;
  }
}
