/** A key that `node:readline` parsed. */
export interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
}

/** The method of `node:readline` that handles a key, which its own REPL overrides, too. */
export interface KeyHandler {
  _ttyWrite(text: string | undefined, key: Key): void;
}

/**
 * Makes an editor insert characters that arrive in one read as one text. The editor measures the
 * whole line for each insertion, so that a paste would cost time that grows with its square.
 */
export function batchKeys(editor: object): void {
  const handler = editor as KeyHandler;
  const handle = handler._ttyWrite.bind(editor);
  let pending = "";
  const flush = () => {
    const text = pending;
    pending = "";
    if (text !== "") handle(text, {});
  };
  handler._ttyWrite = (text, key) => {
    if (isPrintable(text, key)) {
      if (pending === "") queueMicrotask(flush);
      pending += text;
    } else {
      flush();
      handle(text, key);
    }
  };
}

/** Whether a key stands for its text. */
export function isPrintable(text: string | undefined, { ctrl, meta }: Key): text is string {
  // deno-lint-ignore no-control-regex -- control characters are keys of their own
  return text !== undefined && text !== "" && !ctrl && !meta && !/[\x00-\x1f\x7f]/.test(text);
}
