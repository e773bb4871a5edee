import { readFileSync, readlinkSync, watch } from "node:fs";

/** What watching needs of a file system. */
export interface FileSystem {
  /** Undefined where it can't be read. */
  read(path: string): Uint8Array | undefined;
  /** What a link says; undefined for what is none, or is not there. */
  readLink(path: string): string | undefined;
  /**
   * Tells about the entries of a folder.
   * @param onEvent with the entry's name, where the system knows it.
   * @returns stops it; undefined where the folder can't be watched.
   */
  watch(folder: string, onEvent: (name: string | undefined) => void): (() => void) | undefined;
}

/** The system's own. A watch does not keep the process alive. */
export const systemFiles: FileSystem = {
  read(path) {
    try {
      return readFileSync(path);
    } catch {
      return undefined;
    }
  },
  readLink(path) {
    try {
      return readlinkSync(path);
    } catch {
      return undefined;
    }
  },
  watch(folder, onEvent) {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => onEvent(name ?? undefined));
      watcher.on("error", () => onEvent(undefined));
      return () => watcher.close();
    } catch {
      return undefined;
    }
  },
};
