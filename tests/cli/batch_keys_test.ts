import { assertEquals } from "@std/assert";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { batchKeys } from "../../lib/cli/terminal/batch_keys.ts";

/** An editor whose insertions and entered lines are recorded. */
function startEditor() {
  const input = new PassThrough();
  const output = new PassThrough();
  output.resume();
  const editor = createInterface({ input, output, terminal: true });
  const insertions: string[] = [];
  const handler = editor as unknown as { _ttyWrite(text: string | undefined, key: object): void };
  const handle = handler._ttyWrite.bind(editor);
  handler._ttyWrite = (text, key) => {
    if (text !== undefined) insertions.push(text);
    handle(text, key);
  };
  batchKeys(editor);
  const lines: string[] = [];
  const entered = Promise.withResolvers<void>();
  editor.on("line", (line) => {
    lines.push(line);
    entered.resolve();
  });
  return { input, editor, insertions, lines, entered: entered.promise };
}

Deno.test("batchKeys: inserts a paste of 4,000 characters at once", async () => {
  const { input, editor, insertions, lines, entered } = startEditor();
  const text = "é".repeat(4_000);
  input.write(`${text}\r`);
  await entered;
  editor.close();
  assertEquals(lines, [text]);
  assertEquals(insertions, [text, "\r"]);
});

Deno.test("batchKeys: handles keys in the order in which they came", async () => {
  const { input, editor, lines, entered } = startEditor();
  input.write("abc\x7fd\x1b[D\x1b[Dx\x05!\r"); // Backspace, twice left, Ctrl-E
  await entered;
  editor.close();
  assertEquals(lines, ["axbd!"]);
});
