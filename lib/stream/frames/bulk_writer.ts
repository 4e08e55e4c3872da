/** What the data of files are written to. */
export interface BulkWriter {
  /**
   * Queues file data. Resolves once it is handed to the system and the caller owns the buffer
   * again; rejects if the connection fails.
   */
  sendBulk(bytes: Uint8Array): Promise<void>;
}
