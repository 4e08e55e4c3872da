import { isPattern } from "../protocol/is_pattern.ts";

/** Matches any number of components, including none. */
const ANY_DEPTH = "**";

/** Matches a component of a path; `null` is {@link ANY_DEPTH}. */
type Matcher = ((component: string) => boolean) | null;

/**
 * A pattern of paths. It covers each path it matches, and everything below: `a`, `a/` and `a/**`
 * are equal. `*` matches any characters inside a component, `?` one character, `**` any number of
 * components. Paths and patterns are in NFC; matching is case-sensitive.
 *
 * No pattern makes matching slow: the time is at most proportional to the product of both lengths.
 */
export class PathPattern {
  /** The pattern in its shortest form, which is the same for equal patterns. */
  readonly text: string;
  /** The name that each path begins with that it covers; `null` if there is no such name. */
  readonly first: string | null;
  readonly #matchers: readonly Matcher[];

  /** @param components none is empty; a component with `**` is exactly `**` */
  constructor(components: readonly string[]) {
    const shortest = components.filter((component, i) =>
      component !== ANY_DEPTH || components[i - 1] !== ANY_DEPTH
    );
    if (shortest.at(-1) === ANY_DEPTH) shortest.pop(); // Implied
    this.text = shortest.join("/");
    const [first = "*"] = shortest;
    this.first = isPattern(first) ? null : first;
    this.#matchers = shortest.map(matcherOf);
  }

  /** Whether the pattern matches the path, or a folder that the path lies in. */
  covers(path: readonly string[]): boolean {
    const matchers = this.#matchers;
    let at = 0; // in the path
    let retry = -1; // in the matchers: after the last `**`
    let from = 0; // in the path: where matching after it began
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

  /** Whether the pattern covers some path below this one, whether such a path exists or not. */
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
  if (!isPattern(pattern)) return (component) => component === pattern;
  return (component) => matchesWildcards(component, pattern);
}

/** Expands every `*` as little as possible; backtracks to the last `*` only. */
function matchesWildcards(text: string, pattern: string): boolean {
  let at = 0; // in the text
  let i = 0; // in the pattern
  let retry = -1; // in the pattern: after the last `*`
  let from = 0; // in the text: where matching after it began
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
