import { join } from "@std/path";
import { measureAgainstFloor } from "./against_floor.ts";
import { secondsOf } from "./downloaders.ts";
import { type Figure, formatNumber } from "./figures.ts";
import { startServer } from "./peer_process.ts";
import { Uploader } from "./uploaders.ts";
import { type BenchFixture, MIB } from "./fixture.ts";

const NAME = "upload.bin";

/** One upload of a large file, against the floor T. Both sides hash it. */
export async function measureUpload(place: BenchFixture): Promise<Figure[]> {
  const { largeBytes } = place.scale;
  place.addFile(NAME, largeBytes, place.sent);
  const { server, port } = await startServer({ root: place.served, uploads: true });
  await using _ = server;
  await uploadOnce(place, port); // The server starts its worker
  const figures = await measureAgainstFloor(place, "uploads", [{
    name: `upload of ${formatNumber(largeBytes / MIB)} MiB, protocol 2`,
    goal: 1.1,
    run: () => uploadOnce(place, port),
  }]);
  place.removeFile(NAME, place.sent);
  return figures;
}

/** A client of its own each time, as a user would start one. */
async function uploadOnce(place: BenchFixture, port: number): Promise<number> {
  await using client = await Uploader.start(port);
  const report = await client.upload({ file: join(place.sent, NAME), path: NAME });
  place.removeFile(NAME);
  return secondsOf(report);
}
