/** Stands for any number of components, none included. */
const ANY_DEPTH = "**";

/** Whether a component of a path fits one of a pattern; `null` is {@link ANY_DEPTH}. */
type Matcher = ((component: string) => boolean) | null;

/**
 * A pattern of paths. It covers a path that it matches, and everything below: `a`, `a/` and `a/**`
 * are one and the same. `*` stands for any characters inside a component, `?` for one, `**` for
 * any number of components. Paths and patterns are in NFC; upper and lower case differ.
 *
 * No pattern makes matching slow: the time grows with the lengths of both, multiplied, at the most.
 */
export class PathPattern {
  /** The pattern in its shortest form; patterns that are the same have the same. */
  readonly text: string;
  readonly #matchers: readonly Matcher[];

  /** @param components none of them empty; those that hold `**` hold nothing else */
  constructor(components: readonly string[]) {
    const shortest = components.filter((component, i) =>
      component !== ANY_DEPTH || components[i - 1] !== ANY_DEPTH
    );
    if (shortest.at(-1) === ANY_DEPTH) shortest.pop(); // It is implied
    this.text = shortest.join("/");
    this.#matchers = shortest.map(matcherOf);
  }

  /** Whether it matches the path, or a folder that the path lies in. */
  covers(path: readonly string[]): boolean {
    const matchers = this.#matchers;
    let at = 0; // in the path
    let retry = -1; // in the matchers: after the last `**`
    let from = 0; // in the path: where that was tried
    for (let i = 0; i < matchers.length;) {
      const matcher = matchers[i];
      const component = path[at];
      if (matcher === null || matcher === undefined) {
        retry = ++i;
        from = at;
      } else if (component === undefined) {
        return false;
      } else if (matcher(component)) {
        i++;
        at++;
      } else if (retry < 0) {
        return false;
      } else {
        i = retry;
        at = ++from;
      }
    }
    return true;
  }

  /** Whether it covers some path below this one, be there any or not. */
  reachesBelow(path: readonly string[]): boolean {
    for (const [i, component] of path.entries()) {
      const matcher = this.#matchers[i];
      if (matcher === null || matcher === undefined) return true;
      if (!matcher(component)) return false;
    }
    return true;
  }
}

function matcherOf(pattern: string): Matcher {
  if (pattern === ANY_DEPTH) return null;
  if (pattern === "*") return () => true;
  if (!/[*?]/.test(pattern)) return (component) => component === pattern;
  return (component) => fits(component, pattern);
}

/** Tries every `*` with as little as it can take, and goes back to the last one only. */
function fits(text: string, pattern: string): boolean {
  let at = 0; // in the text
  let i = 0; // in the pattern
  let retry = -1; // in the pattern: after the last `*`
  let from = 0; // in the text: where that was tried
  while (at < text.length) {
    const wanted = pattern[i];
    if (wanted === "*") {
      retry = ++i;
      from = at;
    } else if (wanted === "?") {
      i++;
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    } else if (wanted === text[at]) {
      i++;
      at++;
    } else if (retry < 0) {
      return false;
    } else {
      i = retry;
      at = ++from;
    }
  }
  while (pattern[i] === "*") i++;
  return i === pattern.length;
}
