import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { type Floor, measureFloor } from "./floor.ts";

/** A transfer of the large file. */
export interface Transfer {
  readonly name: string;
  /** The goal, in units of T. */
  readonly goal: number;
  /** Transfers the file; resolves to the seconds it took. */
  readonly run: () => Promise<number>;
}

/**
 * Measures transfers of the large file against the floor T. They and the floor take turns, so that
 * other load on the machine affects all alike.
 *
 * @param kind of the transfers, for the name of the floor
 */
export async function measureAgainstFloor(
  fixture: BenchFixture,
  kind: string,
  transfers: readonly Transfer[],
): Promise<Figure[]> {
  const { largeBytes, rounds } = fixture.scale;
  const floors: Floor[] = [];
  const seconds = transfers.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    floors.push(await measureFloor(fixture, largeBytes));
    for (const [i, { run }] of transfers.entries()) seconds[i]!.push(await run());
  }
  const figures = transfers.map((transfer, i) =>
    transferFigure(transfer, largeBytes, { seconds: seconds[i]!, floors })
  );
  return [floorFigure(kind, largeBytes, floors), ...figures];
}

function floorFigure(kind: string, sizeBytes: number, floors: readonly Floor[]): Figure {
  const part = (key: keyof Floor) => median(floors.map((floor) => floor[key]));
  const parts = (["move", "hash", "write"] as const)
    .map((key) => `${key} ${formatNumber(part(key))}`);
  const name = `floor T of the ${kind}, ${formatNumber(sizeBytes / MIB)} MiB`;
  return { name, value: part("total"), unit: "s", note: parts.join(" + ") };
}

interface Rounds {
  readonly seconds: readonly number[];
  readonly floors: readonly Floor[];
}

function transferFigure(
  { name, goal }: Transfer,
  sizeBytes: number,
  { seconds, floors }: Rounds,
): Figure {
  const rate = formatNumber(sizeBytes / MIB / median(seconds));
  return {
    name,
    value: median(seconds.map((value, round) => value / floors[round]!.total)),
    unit: "× T",
    goal: atMost(goal),
    note: `${formatSpread(seconds)} s, ${rate} MiB/s`,
  };
}
