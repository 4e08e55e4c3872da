import { join } from "@std/path";
import { measureAgainstFloor } from "./against_floor.ts";
import { secondsOf } from "./downloaders.ts";
import { type Figure, formatNumber } from "./figures.ts";
import { type BenchFixture, MIB } from "./fixture.ts";
import { startServer } from "./peer_process.ts";
import { Uploader } from "./uploaders.ts";

const NAME = "upload.bin";

/** Measures an upload of a large file against the floor T. Both sides hash it. */
export async function measureUpload(fixture: BenchFixture): Promise<Figure[]> {
  const { largeBytes } = fixture.scale;
  fixture.addFile(NAME, largeBytes, fixture.sent);
  const { server, port } = await startServer({ root: fixture.served, uploads: true });
  await using _ = server;
  await uploadOnce(fixture, port); // The server starts its worker
  const figures = await measureAgainstFloor(fixture, "uploads", [{
    name: `upload of ${formatNumber(largeBytes / MIB)} MiB, protocol 2`,
    goal: 1.1,
    run: () => uploadOnce(fixture, port),
  }]);
  fixture.removeFile(NAME, fixture.sent);
  return figures;
}

/** Uses a new client each time, as a user does. */
async function uploadOnce(fixture: BenchFixture, port: number): Promise<number> {
  await using client = await Uploader.start(port);
  const report = await client.upload({ file: join(fixture.sent, NAME), path: NAME });
  fixture.removeFile(NAME);
  return secondsOf(report);
}
