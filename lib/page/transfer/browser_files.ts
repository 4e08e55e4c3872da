/** How long the browser may take to begin to read what it saves. */
const REVOKE_MS = 60_000;

/** Saves content as a download of the browser. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  followLink(url, name);
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
}

/** Lets the browser download a link by itself. */
export function followLink(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
