import { isPrintable, type KeyHandler } from "./batch_keys.ts";

/** The names that `node:readline` gives the keys that mean something in a secret. */
const ENTER: ReadonlySet<string> = new Set(["return", "enter"]);
const ERASE: ReadonlySet<string> = new Set(["backspace", "delete"]);

/**
 * Reads a line of which the editor sees and shows nothing. Ctrl-C reaches the editor as ever.
 *
 * @returns `null` at Ctrl-D before anything else
 */
export function readSecretKeys(editor: object): Promise<string | null> {
  const handler = editor as KeyHandler;
  const handle = handler._ttyWrite;
  const { promise, resolve } = Promise.withResolvers<string | null>();
  let characters: string[] = [];
  handler._ttyWrite = (text, key) => {
    const { name = "", ctrl = false } = key;
    const isEnd = ENTER.has(name) || (ctrl && name === "d" && characters.length === 0);
    if (isEnd) {
      handler._ttyWrite = handle;
      resolve(ENTER.has(name) ? characters.join("") : null);
    } else if (ctrl && name === "c") handle.call(editor, text, key);
    else if (ctrl && name === "u") characters = [];
    else if (ERASE.has(name)) characters.pop();
    else if (isPrintable(text, key)) characters.push(...text);
  };
  return promise;
}
