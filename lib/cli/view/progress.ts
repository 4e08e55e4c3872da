import { cleanLine } from "../../protocol/text.ts";
import type { Locale } from "../texts/locale.ts";

const BAR_CELLS = 20;
const LEAST_BAR_CELLS = 5;
const NAME_CHARACTERS = 32;
const LEAST_NAME_CHARACTERS = 8;
/** The speed is measured over about the last three seconds. */
const SPEED_WINDOW_MS = 3_000;

/** The state of a transfer. */
export interface ProgressState {
  readonly name: string;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** The files that are done, of several. */
  readonly files?: { readonly done: number; readonly total: number };
}

/**
 * The progress on one line: name, bar, percent, bytes of total, speed, time left. Where that is too wide,
 * first the bar is shorter, then the name.
 *
 * @param columns the width of the screen
 */
export function renderProgress(
  state: ProgressState,
  { t, size }: Locale,
  columns: number = Infinity,
): string {
  const { bytes, totalBytes, bytesPerSecond, files } = state;
  const share = totalBytes === 0 ? 1 : Math.min(bytes / totalBytes, 1);
  const facts = [
    `${String(Math.floor(share * 100)).padStart(3)} %`,
    `${size(bytes)} / ${size(totalBytes)}`,
    `${size(bytesPerSecond)}/s`,
    formatTimeLeft(totalBytes - bytes, bytesPerSecond),
  ];
  if (files !== undefined && files.total > 1) facts.push(t("filesOf", files));
  const end = facts.join("  ");
  const name = shorten(cleanLine(state.name), NAME_CHARACTERS);
  const left = columns - end.length - 2;
  const cells = Math.max(LEAST_BAR_CELLS, Math.min(BAR_CELLS, left - [...name].length - 2));
  const full = Math.floor(share * cells);
  const bar = "█".repeat(full) + "░".repeat(cells - full);
  const shorter = shorten(name, Math.max(LEAST_NAME_CHARACTERS, left - cells - 2));
  return [shorter, bar, end].join("  ");
}

/** Measures the speed of a count of bytes that only grows. */
export class SpeedMeter {
  #samples: Array<{ bytes: number; atMs: number }> = [];

  /** Adds the count at a time, and returns bytes per second. */
  update(bytes: number, nowMs: number): number {
    const sample = { bytes, atMs: nowMs };
    const recent = this.#samples.filter(({ atMs }) => atMs >= nowMs - SPEED_WINDOW_MS);
    // The last of the older samples counts still: a slow transfer has no other
    this.#samples = [...(recent.length > 0 ? recent : this.#samples.slice(-1)), sample];
    const [first = sample] = this.#samples;
    const elapsedMs = nowMs - first.atMs;
    return elapsedMs <= 0 ? 0 : (bytes - first.bytes) / elapsedMs * 1000;
  }
}

/** Sums up the progress of several files, which may come and go. */
export class ProgressTotals {
  readonly #meter = new SpeedMeter();
  readonly #active = new Map<string, { bytes: number; total: number }>();
  #expectedBytes = 0;
  #finishedBytes = 0;
  #movedBytes = 0;
  #files = 0;
  #done = 0;

  /** The number of files in all. */
  get files(): number {
    return this.#files;
  }

  /** Adds to the expected files, and to their bytes as far as those are known. */
  expect(files: number, bytes: number): void {
    this.#files += files;
    this.#expectedBytes += bytes;
  }

  /** Sets the bytes of a file so far. Those of the first call count as not moved. */
  update(path: string, bytes: number, total: number): void {
    const before = this.#active.get(path)?.bytes ?? bytes;
    this.#movedBytes += Math.max(0, bytes - before);
    this.#active.set(path, { bytes, total });
  }

  /** Counts a file as done; one that failed with 0 bytes. */
  finish(path: string, bytes: number): void {
    this.#active.delete(path);
    this.#finishedBytes += bytes;
    this.#done++;
  }

  /** The state of all files. @param nowMs a reading of `performance.now()` */
  state(name: string, nowMs: number): ProgressState {
    let bytes = this.#finishedBytes;
    let begunBytes = this.#finishedBytes;
    for (const file of this.#active.values()) {
      bytes += file.bytes;
      begunBytes += file.total;
    }
    return {
      name,
      bytes,
      totalBytes: Math.max(this.#expectedBytes, begunBytes),
      bytesPerSecond: this.#meter.update(this.#movedBytes, nowMs),
      files: { done: this.#done, total: this.#files },
    };
  }
}

function formatTimeLeft(bytesLeft: number, bytesPerSecond: number): string {
  if (bytesPerSecond <= 0) return "--:--";
  const seconds = Math.ceil(bytesLeft / bytesPerSecond);
  const pad = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

function shorten(name: string, length: number): string {
  const characters = [...name];
  if (characters.length <= length) return name;
  return characters.slice(0, length - 1).join("") + "…";
}

/** From here on characters may take two columns of a terminal: ideographs, Hangul, emoji. */
const FIRST_WIDE = 0x2e80;

/** Clips a line to a number of columns, so that it does not wrap. */
export function clipColumns(text: string, columns: number): string {
  let left = columns;
  let end = 0;
  for (const character of text) {
    left -= character.codePointAt(0)! < FIRST_WIDE ? 1 : 2;
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}
