/**
 * The prefix of a shell command for which file permissions apply: for root they do so only after it
 * drops its capabilities. `null` if that is not possible.
 */
export function unprivilegedPrefix(): string | null {
  if (Deno.build.os === "windows") return null;
  if (Deno.uid() !== 0) return "exec";
  const drop = "setpriv --bounding-set=-dac_override,-dac_read_search";
  const test = new Deno.Command("sh", { args: ["-c", `${drop} true`], stderr: "null" });
  return test.outputSync().success ? `exec ${drop}` : null;
}
