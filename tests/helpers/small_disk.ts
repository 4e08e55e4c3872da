/**
 * Resizes the file system of {@link mountSmall}.
 *
 * @param size such as `64m`
 */
export function resizeSmall(path: string, size: string): void {
  const args = ["-o", `remount,size=${size}`, path];
  if (!new Deno.Command("mount", { args }).outputSync().success) throw new Error(`No ${size}`);
}

/** Mounts a file system of 1 MiB; `null` if this process may not. Disposal unmounts it. */
export function mountSmall(path: string): Disposable | null {
  return mount(["-t", "tmpfs", "-o", "size=1m", "none", path], path);
}

/** Mounts a folder at a second place; `null` if this process may not. Disposal unmounts it. */
export function mountAgain(folder: string, path: string): Disposable | null {
  return mount(["--bind", folder, path], path);
}

function mount(args: string[], path: string): Disposable | null {
  const command = new Deno.Command("mount", { args, stderr: "null" });
  try {
    if (!command.outputSync().success) return null;
  } catch {
    return null; // There is no such program
  }
  return {
    [Symbol.dispose]: () => void new Deno.Command("umount", { args: [path] }).outputSync(),
  };
}
