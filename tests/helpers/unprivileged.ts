/**
 * What a shell puts before a command so that the permissions of files apply to it: they do not
 * apply to root, unless root gives that up. `null` where there is no way.
 */
export function unprivilegedPrefix(): string | null {
  if (Deno.build.os === "windows") return null;
  if (Deno.uid() !== 0) return "exec";
  const drop = "setpriv --bounding-set=-dac_override,-dac_read_search";
  const test = new Deno.Command("sh", { args: ["-c", `${drop} true`], stderr: "null" });
  return test.outputSync().success ? `exec ${drop}` : null;
}
