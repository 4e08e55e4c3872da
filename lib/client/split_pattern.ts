import { checkPath } from "../protocol/path.ts";

/** The folder that a pattern is for, and the components from the first pattern on. @throws {RequestError} */
export function splitPattern(
  pattern: string,
): { readonly base: string; readonly components: string[] } {
  const components = pattern.split("/");
  const fixed = components.findIndex((component) => /[*?[{]/.test(component));
  const base = components.slice(0, fixed).join("/");
  return { base: fixed === 0 ? "" : checkPath(base), components: components.slice(fixed) };
}
