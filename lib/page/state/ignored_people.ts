import { type ReadonlySignal, signal } from "@preact/signals-core";
import { foldNick } from "../../protocol/chat_names.ts";
import type { KeptTexts } from "../text/kept.ts";

const NAME = "ignored";
/** More than anyone ignores: those that came last. */
const MAX_NICKS = 1_000;

/** The nicks whose messages are not shown in this browser, in their folded form. */
export class IgnoredPeople {
  readonly #kept: KeptTexts;
  readonly #nicks = signal<ReadonlySet<string>>(new Set());
  readonly nicks: ReadonlySignal<ReadonlySet<string>> = this.#nicks;

  /** Reads what was kept. */
  constructor(kept: KeptTexts) {
    this.#kept = kept;
    this.#nicks.value = new Set(kept.get(NAME)?.split("\n").filter((nick) => nick !== ""));
  }

  /** Whether the messages of a nick are not shown. */
  has(nick: string): boolean {
    return this.#nicks.value.has(foldNick(nick));
  }

  /** Hides the messages of a nick, or shows them again. */
  set(nick: string, isIgnored: boolean): void {
    const nicks = new Set(this.#nicks.value);
    if (isIgnored) nicks.add(foldNick(nick));
    else nicks.delete(foldNick(nick));
    this.#nicks.value = new Set([...nicks].slice(-MAX_NICKS));
    this.#kept.set(NAME, nicks.size === 0 ? null : [...this.nicks.value].join("\n"));
  }

  /** Follows a member that has another nick now. */
  rename(old: string, nick: string): void {
    if (!this.has(old)) return;
    this.set(old, false);
    this.set(nick, true);
  }
}
