import { LIMITS } from "../../protocol/limits.ts";

/** The limits that the reader enforces; its owner or a test may override them. */
export interface FrameReaderLimits {
  /** Largest payload of a control frame. */
  controlBytes: number;
  /** Largest payload of a data frame. */
  dataBytes: number;
  /** From the first byte of a control frame to its last. */
  controlFrameMs: number;
  /** A data frame moves at least `dataWindowBytes` in any window of this length. */
  dataWindowMs: number;
  /** See `dataWindowMs`. */
  dataWindowBytes: number;
  /** The size of the buffers while data flows. Default 256 KiB. */
  bufferBytes: number;
}

const FLOW_BUFFER_BYTES = 256 * 1024;
/** The defaults: only these of `LIMITS`, since every connection has a copy. */
export const READER_LIMITS: Readonly<FrameReaderLimits> = {
  controlBytes: LIMITS.controlBytes,
  dataBytes: LIMITS.dataBytes,
  controlFrameMs: LIMITS.controlFrameMs,
  dataWindowMs: LIMITS.dataWindowMs,
  dataWindowBytes: LIMITS.dataWindowBytes,
  bufferBytes: FLOW_BUFFER_BYTES,
};

/** The size of the buffer that an idle connection waits with, and one that floods. */
export const IDLE_BUFFER_BYTES = 1024;
