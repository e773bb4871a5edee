// What to try once the demo runs.

interface Trial {
  readonly command: string;
  /** A line each. */
  readonly effect: readonly string[];
}

/**
 * @param address Where the balancer listens.
 * @param ports Of the backends.
 * @param deadFor How long /die lasts.
 */
export function demoHint(address: string, ports: readonly number[], deadFor: string): string {
  const unix = address.startsWith("unix:") ? address.slice("unix:".length) : undefined;
  const curl = unix === undefined ? "curl" : `curl --unix-socket ${unix}`;
  const url = unix === undefined ? `http://${reachable(address)}` : "http://localhost";
  const trials: readonly Trial[] = [
    { command: `${curl} ${url}/`, effect: ["once more, and another backend answers"] },
    {
      command: `curl http://127.0.0.1:${ports[0]}/die`,
      effect: [`server-1 is dead for ${deadFor}: the log shows it leave and return,`, "and no request fails meanwhile"],
    },
    // Quoted: zsh takes the question mark for a pattern.
    { command: `${curl} '${url}/slow?ms=5000'`, effect: ["press Ctrl+C here meanwhile: it still gets its answer"] },
  ];
  const widest = Math.max(...trials.map(({ command }) => command.length));
  const lines = trials.flatMap(({ command, effect }) =>
    effect.map((text, index) => `    ${(index === 0 ? command : "").padEnd(widest)}   ${text}`),
  );
  const browser = unix === undefined ? ["", `  Or open ${url}/ in a browser, and reload it.`] : [];
  return [
    "",
    `  lb-tcp balances ${unix ?? url} over three backends, on the ports ${ports.join(", ")}.`,
    "  Try in another terminal:",
    "",
    ...lines,
    ...browser,
    "",
    "  Ctrl+C stops it; `lb-tcp --help` says how to run it over backends of your own.",
    "",
    "",
  ].join("\n");
}

/** Whoever listens on every address is not reached at `[::]`. */
function reachable(address: string): string {
  return address.replace(/^(?:\[::\]|0\.0\.0\.0):/, "localhost:");
}
