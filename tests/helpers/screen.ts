/**
 * The lines that a terminal shows after a program wrote `output`, without trailing spaces. Supports
 * the sequences that line editors use, and throws at any other that would move the cursor.
 *
 * @param columns where the terminal wraps
 */
export function renderScreen(output: string, columns: number): string[] {
  const screen = new Screen(columns);
  // deno-lint-ignore no-control-regex -- it is about control characters
  for (const [token] of output.matchAll(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b.?|[\s\S]/gu)) {
    screen.put(token);
  }
  return screen.lines;
}

class Screen {
  readonly #columns: number;
  readonly #cells: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get lines(): string[] {
    return this.#cells.map((row) => Array.from(row, (cell) => cell ?? " ").join("").trimEnd());
  }

  put(token: string): void {
    if (token.startsWith("\x1b")) return this.#control(token);
    if (token === "\r") this.#column = 0;
    else if (token === "\n") this.#down(1);
    else if (token === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (token === "\x07") return;
    else if (token < " ") throw new Error(`A control character: ${JSON.stringify(token)}`);
    else this.#print(token);
  }

  #control(token: string): void {
    // deno-lint-ignore no-control-regex -- it is about control characters
    const match = /^\x1b\[(\??)(\d*)(?:;\d+)*([A-Za-z])$/.exec(token);
    if (match === null) throw new Error(`An unknown sequence: ${JSON.stringify(token)}`);
    const [, mode, number, letter] = match;
    const count = number === "" ? 1 : Number(number);
    if (letter === "A") this.#row = Math.max(0, this.#row - count);
    else if (letter === "B") this.#down(count);
    else if (letter === "C") this.#column = Math.min(this.#columns - 1, this.#column + count);
    else if (letter === "D") this.#column = Math.max(0, this.#column - count);
    else if (letter === "G") this.#column = count - 1;
    else if (letter === "J" && Number(number) === 0) this.#eraseBelow();
    else if (letter === "K" && Number(number) === 0) this.#eraseRight();
    else if (letter !== "m" && mode !== "?") {
      throw new Error(`An unknown sequence: ${JSON.stringify(token)}`);
    }
  }

  #print(character: string): void {
    if (this.#column === this.#columns) {
      this.#down(1);
      this.#column = 0;
    }
    const row = this.#cells[this.#row]!;
    while (row.length < this.#column) row.push(" ");
    row[this.#column++] = character;
  }

  #down(count: number): void {
    this.#row += count;
    while (this.#cells.length <= this.#row) this.#cells.push([]);
  }

  #eraseRight(): void {
    this.#cells[this.#row]!.length = Math.min(this.#cells[this.#row]!.length, this.#column);
  }

  #eraseBelow(): void {
    this.#eraseRight();
    this.#cells.length = this.#row + 1;
  }
}
