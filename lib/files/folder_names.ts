import type { OmissionReason } from "../protocol/answers.ts";
import { isPrivateName } from "../protocol/path.ts";
import { asRequestError } from "./disk_error.ts";

/** Names that one call sorts, or returns: some milliseconds of work. */
export const NAMES_PER_PIECE = 4_096;

/** A name in a folder, or why it is left out. */
export interface FoundName {
  readonly name: string;
  readonly reason: OmissionReason | null;
}

/** Many names in a form that costs the receiving isolate little. */
export interface PackedNames {
  /** Separated by NUL, which no name holds. */
  readonly names: string;
  readonly reasons: readonly (readonly [index: number, reason: OmissionReason])[];
}

/** A name and its NFC, by which it is sorted. */
interface Spelling {
  readonly name: string;
  readonly normal: string;
}

/** A sorted list of names, and how far it is taken. */
interface Run {
  readonly spellings: readonly Spelling[];
  at: number;
}

/**
 * The names in a folder, sorted by their NFC, from a name on, without the programs' own. Synchronous,
 * for use in a worker. A folder may have 100,000 entries: `sortPiece` and `takePiece` do a bounded part
 * of the work each, so that other calls have their turn, and a reading can be given up.
 */
export class NameReading {
  readonly #names: string[] = [];
  #sorted = 0;
  readonly #first: string | null;
  /** A heap: the run with the least next name is the first. */
  readonly #runs: Run[] = [];

  /** Reads the folder, which takes one call of the system. @throws {RequestError} */
  constructor(realPath: string, first: string | null) {
    this.#first = first;
    try {
      for (const { name } of Deno.readDirSync(realPath)) this.#names.push(name);
    } catch (error) {
      throw asRequestError(error);
    }
  }

  /** Whether sorting takes more than one piece. */
  get isLarge(): boolean {
    return this.#names.length > NAMES_PER_PIECE;
  }

  /** Sorts some more of the names; returns whether all are sorted. */
  sortPiece(): boolean {
    const spellings: Spelling[] = [];
    const piece = this.#names.slice(this.#sorted, this.#sorted += NAMES_PER_PIECE);
    for (const name of piece) {
      const normal = name.normalize("NFC");
      if (isPrivateName(name) || (this.#first !== null && normal < this.#first)) continue;
      spellings.push({ name, normal });
    }
    spellings.sort((a, b) => compare(a.normal, b.normal));
    if (spellings.length > 0) this.#runs.push({ spellings, at: 0 });
    const isDone = this.#sorted >= this.#names.length;
    if (isDone) this.#runs.sort((a, b) => compare(headOf(a), headOf(b))); // A heap, too
    return isDone;
  }

  /** The next names, once all are sorted; `null` at the end. */
  takePiece(): PackedNames | null {
    const found: FoundName[] = [];
    while (found.length < NAMES_PER_PIECE) {
      const names = this.#takeSame();
      if (names === null) break;
      found.push(...withReasons(names));
    }
    return found.length === 0 ? null : packNames(found);
  }

  /** The next names whose NFC is the same; `null` at the end. */
  #takeSame(): Spelling[] | null {
    const [top] = this.#runs;
    if (top === undefined) return null;
    const normal = headOf(top);
    const same: Spelling[] = [];
    for (
      let run = this.#runs[0];
      run !== undefined && headOf(run) === normal;
      run = this.#runs[0]
    ) {
      const next = run.spellings[run.at++];
      if (next !== undefined) same.push(next);
      const last = run.at === run.spellings.length ? this.#runs.pop() : run;
      if (last !== undefined && this.#runs.length > 0) this.#sink(last);
    }
    return same;
  }

  /** Puts a run in its place in the heap, whose first place is free. */
  #sink(run: Run): void {
    const runs = this.#runs;
    let at = 0;
    for (;;) {
      const [left, right] = [runs[2 * at + 1], runs[2 * at + 2]];
      const isRight = left !== undefined && right !== undefined &&
        compare(headOf(right), headOf(left)) < 0;
      const least = isRight ? right : left;
      if (least === undefined || compare(headOf(run), headOf(least)) <= 0) break;
      runs[at] = least;
      at = 2 * at + (isRight ? 2 : 1);
    }
    runs[at] = run;
  }
}

/** All names that a {@link NameReading} finds, in one call. @throws {RequestError} */
export function readNames(realPath: string, first: string | null): FoundName[] {
  const reading = new NameReading(realPath, first);
  while (!reading.sortPiece());
  const names: FoundName[] = [];
  for (let piece = reading.takePiece(); piece !== null; piece = reading.takePiece()) {
    names.push(...unpackNames(piece));
  }
  return names;
}

/** Undoes the packing. */
export function unpackNames({ names, reasons }: PackedNames): FoundName[] {
  if (names === "") return [];
  const reasonOf = new Map(reasons);
  return names.split("\0").map((name, i) => ({ name, reason: reasonOf.get(i) ?? null }));
}

/** Undoes {@link unpackNames}. */
export function packNames(found: readonly FoundName[]): PackedNames {
  return {
    names: found.map(({ name }) => name).join("\0"),
    reasons: found.flatMap(({ reason }, i) => reason === null ? [] : [[i, reason] as const]),
  };
}

/** Of two spellings of a name, requests find the one in NFC. */
function withReasons(same: readonly Spelling[]): FoundName[] {
  const [first, ...others] = same;
  if (first === undefined) return [];
  const { normal } = first;
  const name = others.some((other) => other.name === normal) ? normal : first.name;
  const hidden = same.filter((each) => each.name !== name);
  const notUtf8 = others.length - hidden.length;
  return [
    { name, reason: null },
    ...hidden.map((each) => ({ name: each.name, reason: "same-name" as const })),
    ...Array.from({ length: notUtf8 }, () => ({ name, reason: "unicode" as const })),
  ];
}

function headOf({ spellings, at }: Run): string {
  return spellings[at]?.normal ?? "";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
