/**
 * Measures several things in turns, `rounds` times, so that what else the machine does meets all
 * alike. Each resolves to what it measured.
 */
export async function inTurns<K extends string>(
  rounds: number,
  things: Readonly<Record<K, () => Promise<number>>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(things) as K[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    K,
    number[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) measured[name].push(await things[name]());
  }
  return measured;
}
