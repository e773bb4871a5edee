// What `lb-tcp ctl` can do: the command line, --help and completion know it from here.

import { logLevels } from "../../config/options.ts";
import type { Row } from "../page.ts";
import type { CommandFlag } from "../remote/arguments.ts";
import { placeFlags } from "../remote/place.ts";

export type VerbName =
  | "status"
  | "listeners"
  | "pools"
  | "backends"
  | "sessions"
  | "overrides"
  | "events"
  | "drain"
  | "maintenance"
  | "ready"
  | "weight"
  | "limit"
  | "add"
  | "remove"
  | "restore"
  | "close"
  | "reload"
  | "log-level"
  | "drain-all"
  | "shutdown";

export interface Verb {
  readonly name: VerbName;
  readonly group: "Looking" | "Changing a backend" | "Changing the process";
  /** What follows it, as --help writes it. */
  readonly words: string;
  /** How many words it needs, and takes at most. */
  readonly count: readonly [least: number, most: number];
  readonly summary: string;
  readonly text: string;
  readonly flags: readonly CommandFlag[];
  readonly examples: readonly Row[];
}

const wait: CommandFlag = {
  name: "wait",
  placeholder: "[=DURATION]",
  text: "until it has no session left; with a duration no longer than that, and exit 1 where some are left then",
};

const backendFilter: CommandFlag = { name: "backend", placeholder: "POOL/BACKEND", text: "those of a backend" };

export const commonFlags: readonly CommandFlag[] = [
  ...placeFlags,
  { name: "json", placeholder: "", text: "what lb-tcp answers, as JSON" },
];

export const verbs: readonly Verb[] = [
  {
    name: "status",
    group: "Looking",
    words: "",
    count: [0, 0],
    summary: "the process: version, state, sessions, workers, configuration",
    text: "Shows the process: version, how long it runs, its sessions, workers, and what has become of the last reload.",
    flags: [],
    examples: [{ term: "lb-tcp ctl status", text: "" }],
  },
  {
    name: "listeners",
    group: "Looking",
    words: "",
    count: [0, 0],
    summary: "the listeners, where they listen, and how their sessions ended",
    text: "Shows the listeners. FAILED counts sessions that ended neither in order nor by the client's hand.",
    flags: [],
    examples: [{ term: "lb-tcp ctl listeners", text: "" }],
  },
  {
    name: "pools",
    group: "Looking",
    words: "",
    count: [0, 0],
    summary: "the pools, how many addresses are usable, and how long dials take",
    text: "Shows the pools. Times are means over all sessions since the start.",
    flags: [],
    examples: [{ term: "lb-tcp ctl pools", text: "" }],
  },
  {
    name: "backends",
    group: "Looking",
    words: "[POOL]",
    count: [0, 1],
    summary: "the backends, their state and the reason for it",
    text: "Shows the backends of all pools, or of one. FAILED counts dials that failed.",
    flags: [],
    examples: [
      { term: "lb-tcp ctl backends", text: "" },
      { term: "lb-tcp ctl backends web --json", text: "" },
    ],
  },
  {
    name: "sessions",
    group: "Looking",
    words: "",
    count: [0, 0],
    summary: "who is served now",
    text: "Lists the sessions that live, however many there are. Where several flags are given, all of them hold.",
    flags: [
      backendFilter,
      { name: "listener", placeholder: "NAME", text: "those of a listener" },
      { name: "pool", placeholder: "POOL", text: "those of a pool" },
      { name: "client", placeholder: "IP", text: "those of a client" },
      { name: "min-age", placeholder: "DURATION", text: "those that are at least so old" },
      { name: "limit", placeholder: "N", text: "no more than so many" },
    ],
    examples: [
      { term: "lb-tcp ctl sessions --backend web/b2", text: "" },
      { term: "lb-tcp ctl sessions --min-age 1h --json", text: "" },
    ],
  },
  {
    name: "overrides",
    group: "Looking",
    words: "",
    count: [0, 0],
    summary: "what was changed at run time, by whom and when",
    text: "Shows what differs from the configuration. An override lives until the file says something else about it.",
    flags: [],
    examples: [{ term: "lb-tcp ctl overrides", text: "" }],
  },
  {
    name: "events",
    group: "Looking",
    words: "",
    count: [0, 0],
    summary: "follows what happens: backends up and down, reloads, changes",
    text: "Prints a line for each backend that changes, each reload and each change at run time, until Ctrl+C. With --json every event, the figures of each second included, is a line.",
    flags: [],
    examples: [{ term: "lb-tcp ctl events", text: "" }],
  },
  {
    name: "drain",
    group: "Changing a backend",
    words: "POOL/BACKEND",
    count: [1, 1],
    summary: "gives a backend no new sessions; those it has may finish",
    text: "Gives a backend no new sessions, before it is restarted, say. What becomes of those it has is the pool's on-drain. Ctrl+C ends the waiting only.",
    flags: [wait],
    examples: [
      { term: "lb-tcp ctl drain web/b2 --wait", text: "" },
      { term: "lb-tcp ctl drain web/b2 --wait=30s", text: "" },
    ],
  },
  {
    name: "maintenance",
    group: "Changing a backend",
    words: "POOL/BACKEND",
    count: [1, 1],
    summary: "takes a backend out of service",
    text: "Takes a backend out of service, as drain does, and no longer probes it. Ctrl+C ends the waiting only.",
    flags: [wait],
    examples: [{ term: "lb-tcp ctl maintenance web/b2", text: "" }],
  },
  {
    name: "ready",
    group: "Changing a backend",
    words: "POOL/BACKEND",
    count: [1, 1],
    summary: "takes a backend back into service",
    text: "Takes back what drain and maintenance have done: the backend serves as its health allows.",
    flags: [],
    examples: [{ term: "lb-tcp ctl ready web/b2", text: "" }],
  },
  {
    name: "weight",
    group: "Changing a backend",
    words: "POOL/BACKEND N",
    count: [2, 2],
    summary: "its share of new sessions, 0 to 256",
    text: "Sets a backend's share of new sessions beside the others of its pool; 0 gives it none.",
    flags: [],
    examples: [{ term: "lb-tcp ctl weight web/b2 10", text: "" }],
  },
  {
    name: "limit",
    group: "Changing a backend",
    words: "POOL/BACKEND N|off",
    count: [2, 2],
    summary: "its sessions at once",
    text: "Sets how many sessions a backend may have at once. Those that it has beyond that go on.",
    flags: [],
    examples: [
      { term: "lb-tcp ctl limit web/b2 100", text: "" },
      { term: "lb-tcp ctl limit web/b2 off", text: "" },
    ],
  },
  {
    name: "add",
    group: "Changing a backend",
    words: "POOL [NAME=]ADDRESS[,…]",
    count: [2, 2],
    summary: "a backend that is in no file; written as for --upstream",
    text: "Adds backends to a pool, written as for --upstream: [NAME=]ADDRESS[,weight=N][,backup][,max-connections=N], several of them separated by commas.",
    flags: [],
    examples: [{ term: "lb-tcp ctl add web b4=10.0.0.4:8080,weight=2", text: "" }],
  },
  {
    name: "remove",
    group: "Changing a backend",
    words: "POOL/BACKEND",
    count: [1, 1],
    summary: "takes a backend out of its pool",
    text: "Takes a backend out of its pool. What becomes of its sessions is the pool's on-remove. Ctrl+C ends the waiting only.",
    flags: [wait],
    examples: [{ term: "lb-tcp ctl remove web/b4 --wait", text: "" }],
  },
  {
    name: "restore",
    group: "Changing a backend",
    words: "POOL/BACKEND",
    count: [1, 1],
    summary: "what the file says about it counts again",
    text: "Drops what was changed at run time about a backend, one that was removed or added included: what the file says counts again.",
    flags: [],
    examples: [{ term: "lb-tcp ctl restore web/b2", text: "" }],
  },
  {
    name: "close",
    group: "Changing a backend",
    words: "[SESSION]",
    count: [0, 1],
    summary: "resets a session, or all of a backend",
    text: "Resets one session, whose id `lb-tcp ctl sessions` and the access log show, or all of a backend. They end as closed-by-operator.",
    flags: [backendFilter],
    examples: [
      { term: "lb-tcp ctl close 1f3a-0-27", text: "" },
      { term: "lb-tcp ctl close --backend web/b2", text: "" },
    ],
  },
  {
    name: "reload",
    group: "Changing the process",
    words: "",
    count: [0, 0],
    summary: "reads the file again, and says what has changed",
    text: "Reads the file of --config again, as SIGHUP does, and says what has changed; or all that is wrong with it, where nothing has.",
    flags: [],
    examples: [{ term: "lb-tcp ctl reload", text: "" }],
  },
  {
    name: "log-level",
    group: "Changing the process",
    words: "LEVEL",
    count: [1, 1],
    summary: `the least level that is logged: ${logLevels.join(", ")}`,
    text: `Sets the least level that is logged, until the next start: ${logLevels.join(", ")}.`,
    flags: [],
    examples: [{ term: "lb-tcp ctl log-level debug", text: "" }],
  },
  {
    name: "drain-all",
    group: "Changing the process",
    words: "",
    count: [0, 0],
    summary: "stops accepting, lets all sessions finish, and ends: SIGUSR1",
    text: "Stops accepting at once, lets sessions finish for at most --drain-timeout, and ends lb-tcp, as SIGUSR1 does.",
    flags: [],
    examples: [{ term: "lb-tcp ctl drain-all", text: "" }],
  },
  {
    name: "shutdown",
    group: "Changing the process",
    words: "",
    count: [0, 0],
    summary: "the same after --shutdown-delay: SIGTERM",
    text: "Ends lb-tcp in order, as SIGTERM does: not ready for --shutdown-delay, then as drain-all.",
    flags: [],
    examples: [{ term: "lb-tcp ctl shutdown", text: "" }],
  },
];

export function verbOf(word: string): Verb | undefined {
  return verbs.find(({ name }) => name === word);
}
