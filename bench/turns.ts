/**
 * Runs several measurements in turns, `rounds` times, so that other load on the machine affects all
 * alike.
 */
export async function inTurns<K extends string>(
  rounds: number,
  measurements: Readonly<Record<K, () => Promise<number>>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(measurements) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    K,
    number[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(await measurements[name]());
  }
  return results;
}
