import {
  checkSameFolderSync,
  type FoundFolder,
  makeBelowSync,
  makeMissingSync,
} from "./folders.ts";
import { checkRootSync, type ServedRoot } from "./served_root.ts";

/** Where a received file goes: see `FileTarget`. */
interface FinalPlace {
  readonly directory: string;
  readonly root: ServedRoot | null;
  readonly existing?: FoundFolder;
}

/** @throws {DiskError} if the place is not what it was when it was looked up */
export function checkPlace({ root, existing }: FinalPlace): void {
  if (root !== null) checkRootSync(root);
  if (existing !== undefined) checkSameFolderSync(existing);
}

/** Makes the final folder. Follows no link below a folder that was looked up. */
export function makeFinalFolder({ directory, existing }: FinalPlace): void {
  if (existing === undefined) makeMissingSync(directory);
  else makeBelowSync(existing.path, directory);
}
