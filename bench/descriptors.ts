/** Descriptors that a process needs in addition to its connections. */
const OTHER_DESCRIPTORS = 100;

/** Limits a number of connections to what the system allows a process. */
export async function connectionsWithin(wanted: number): Promise<number> {
  return Math.min(wanted, await descriptorLimit() - OTHER_DESCRIPTORS);
}

/** A note on why fewer connections are measured than the goal requires, or "". */
export function scaledNote(count: number, wanted: number): string {
  if (count === wanted) return "";
  return `; not ${wanted.toLocaleString("en")}, since the system allows too few open files`;
}

async function descriptorLimit(): Promise<number> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", "ulimit -n"] }).output();
  const text = new TextDecoder().decode(stdout).trim();
  return text === "unlimited" ? Infinity : Number(text);
}
