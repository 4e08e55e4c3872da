/** Descriptors that a process needs beside its connections. */
const OTHER_DESCRIPTORS = 100;

/** As many connections of those wanted as the system lets a process have. */
export async function connectionsWithin(wanted: number): Promise<number> {
  return Math.min(wanted, await descriptorLimit() - OTHER_DESCRIPTORS);
}

/** Why fewer connections are measured than the goal speaks of, if so. */
export function scaledNote(count: number, wanted: number): string {
  if (count === wanted) return "";
  return `; not ${wanted.toLocaleString("en")}, since the system allows too few open files`;
}

async function descriptorLimit(): Promise<number> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", "ulimit -n"] }).output();
  const text = new TextDecoder().decode(stdout).trim();
  return text === "unlimited" ? Infinity : Number(text);
}
