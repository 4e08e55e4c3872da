/** Makes the file system of {@link mountSmall} larger, or smaller again. @param size such as `64m` */
export function resizeSmall(path: string, size: string): void {
  const args = ["-o", `remount,size=${size}`, path];
  if (!new Deno.Command("mount", { args }).outputSync().success) throw new Error(`No ${size}`);
}

/** A file system of 1 MiB of its own, if this process may make one; disposal takes it away. */
export function mountSmall(path: string): Disposable | null {
  const args = ["-t", "tmpfs", "-o", "size=1m", "none", path];
  const mount = new Deno.Command("mount", { args, stderr: "null" });
  try {
    if (!mount.outputSync().success) return null;
  } catch {
    return null; // There is no such program
  }
  return {
    [Symbol.dispose]: () => void new Deno.Command("umount", { args: [path] }).outputSync(),
  };
}
