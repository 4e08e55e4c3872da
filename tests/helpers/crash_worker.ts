/** The entry of the file worker in a thread that counts its calls: see `crash_server_child.ts`. */
import "./crash_worker_point.ts"; // Must come first
import "../../lib/worker/main.ts";
