import { abortable } from "@std/async/abortable";
import { writeError } from "../view/output.ts";

const KEYS = { controlC: 0x03, controlD: 0x04, backspace: 0x08, controlU: 0x15, delete: 0x7f };
const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0d]);

/**
 * Asks on the terminal for a text that is not shown. Signals and Ctrl-C are obeyed meanwhile, and
 * the terminal is restored in any case.
 *
 * @throws {DOMException} `AbortError` at Ctrl-C, SIGINT, SIGTERM and SIGHUP
 */
export async function askSecret(question: string): Promise<string> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, abort);
  Deno.stdin.setRaw(true); // Before the question: nothing typed as its answer is shown
  writeError(question);
  try {
    return await readSecret(stop);
  } finally {
    Deno.stdin.setRaw(false);
    for (const signal of signals) Deno.removeSignalListener(signal, abort);
    writeError("\n");
  }
}

/** Reads to the end of the line. */
async function readSecret(stop: AbortController): Promise<string> {
  let characters: string[] = [];
  for await (const character of typedCharacters(stop.signal)) {
    const key = character.charCodeAt(0);
    if (LINE_ENDS.has(key)) break;
    if (key === KEYS.controlD && characters.length === 0) break;
    if (key === KEYS.controlC) stop.abort();
    stop.signal.throwIfAborted();
    if (key === KEYS.backspace || key === KEYS.delete) characters.pop();
    else if (key === KEYS.controlU) characters = [];
    else characters.push(character);
  }
  return characters.join("");
}

/** Reads byte by byte: what follows the line is the answer to the next question. */
async function* typedCharacters(signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const byte = new Uint8Array(1);
  while (await abortable(Deno.stdin.read(byte), signal) !== null) {
    const character = decoder.decode(byte, { stream: true });
    if (character !== "") yield character;
  }
}
