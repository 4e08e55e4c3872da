/**
 * Loads a module that most runs do without, as `await import()` does. What an `import()` names by a literal, `deno run`
 * reads before it starts a program, with all that it imports; a URL it follows when it gets there.
 *
 * Packages and executables hold what is named by `new URL("…", import.meta.url)`.
 *
 * @throws as `import()` does
 */
export async function loadByUrl<Module>(url: URL): Promise<Module> {
  return await import(url.href);
}
