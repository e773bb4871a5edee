import type { SoakOptions } from "../options.ts";

export async function runSoak(_options: SoakOptions, _announce: (text: string) => void): Promise<boolean> {
  throw new Error("not yet");
}
