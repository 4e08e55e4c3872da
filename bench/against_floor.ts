import { atMost, type Figure, formatNumber, formatSpread, median } from "./figures.ts";
import { type Floor, measureFloor } from "./floor.ts";
import { type BenchFixture, MIB } from "./fixture.ts";

/** A way to move the large file. */
export interface Transfer {
  readonly name: string;
  /** At most so many times T. */
  readonly goal: number;
  /** Moves it and resolves to the seconds that it took. */
  readonly run: () => Promise<number>;
}

/**
 * Measures transfers of the large file against the floor T. They and the floor take turns, so that
 * what else the machine does meets all.
 *
 * @param of what the floor is the floor of
 */
export async function measureAgainstFloor(
  place: BenchFixture,
  of: string,
  transfers: readonly Transfer[],
): Promise<Figure[]> {
  const { largeBytes, rounds } = place.scale;
  const floors: Floor[] = [];
  const seconds = transfers.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    floors.push(await measureFloor(place, largeBytes));
    for (const [i, { run }] of transfers.entries()) seconds[i]!.push(await run());
  }
  const figures = transfers.map((transfer, i) =>
    transferFigure(transfer, largeBytes, { seconds: seconds[i]!, floors })
  );
  return [floorFigure(of, largeBytes, floors), ...figures];
}

function floorFigure(of: string, sizeBytes: number, floors: readonly Floor[]): Figure {
  const part = (key: keyof Floor) => median(floors.map((floor) => floor[key]));
  const parts = (["move", "hash", "write"] as const)
    .map((key) => `${key} ${formatNumber(part(key))}`);
  const name = `floor T of the ${of}, ${formatNumber(sizeBytes / MIB)} MiB`;
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
    value: median(seconds.map((each, round) => each / floors[round]!.total)),
    unit: "× T",
    goal: atMost(goal),
    note: `${formatSpread(seconds)} s, ${rate} MiB/s`,
  };
}
