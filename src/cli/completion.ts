// The script with which a shell completes lb-tcp. All words are in it: Tab does not start a process each time.

import { keys } from "../config/keys.ts";
import { logLevels } from "../config/options.ts";
import { endReasons } from "../session/end.ts";
import { commands } from "./commands.ts";
import { commonFlags, type Verb, verbs } from "./ctl/verbs.ts";
import { printTopics } from "./print.ts";
import type { CommandFlag } from "./remote/arguments.ts";
import { topFlags } from "./top/help.ts";

/** For bash from 3.2 on (macOS), and for zsh by its emulation of bash's `complete`. */
export function completionScript(): string {
  const flags = keys.map(({ flag }) => `--${flag}`);
  const names = keys.map(({ flag }) => flag);
  const variables = keys.map(({ variable }) => variable);
  const choices = keys
    .filter(({ words }) => words.length > 0)
    .map(({ flag, words }) => `    --${flag}) words="${words.join(" ")}" ;;`);
  return `# lb-tcp completion, for bash and zsh: eval "$(lb-tcp completion)" in ~/.bashrc or ~/.zshrc
if [ -n "\${ZSH_VERSION-}" ]; then
  autoload -U +X compinit && compinit
  autoload -U +X bashcompinit && bashcompinit
fi

_lb_tcp() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" start="" words=""
  # --flag=value is one word to zsh; bash takes it apart into three.
  case "$word" in
    --*=*) before="\${word%%=*}" start="\${word%%=*}=" word="\${word#*=}" ;;
    =) word="" ;;
    *) [ "$before" != "=" ] || before="\${COMP_WORDS[COMP_CWORD-2]}" ;;
  esac
  COMPREPLY=()
  case "$before" in
${choices.join("\n")}
    --log-output)
      local IFS=$'\\n'
      compopt -o filenames 2> /dev/null
      COMPREPLY=($(compgen -P "$start" -W $'stdout\\nstderr' -- "$word") $(compgen -P "$start" -f -- "$word"))
      return ;;
    --admin-token-file)
      local IFS=$'\\n'
      compopt -o filenames 2> /dev/null
      COMPREPLY=($(compgen -P "$start" -f -- "$word"))
      return ;;
    ${noValue().join("|")}) ;;
    # Any other value is for the user to write.
    --*) return ;;
  esac
  if [ -z "$words" ]; then
    case "\${COMP_WORDS[1]}" in
      backend) words="--port --name --help" ;;
      ctl)
        case "\${COMP_WORDS[2]}" in
${verbs.map(verbCase).join("\n")}
          *) words="${[...verbs.map(({ name }) => name), ...commonFlags.map(dashed), "--help"].join(" ")}" ;;
        esac ;;
      top) words="${[...topFlags.map(dashed), "--help"].join(" ")}" ;;
      explain) words="${[...names, ...endReasons, ...variables].join(" ")}" ;;
      completion) words="--help" ;;
      schema) words="table --help" ;;
      print) words="${printWords().join(" ")} --help" ;;
      *) words="${[...flags, "--help", "--version"].join(" ")}" ;;
    esac
    if [ "$COMP_CWORD" -eq 1 ]; then
      case "$word" in
        -*) ;;
        *) words="${commands.map(({ name }) => name).join(" ")}" ;;
      esac
    fi
  fi
  COMPREPLY=($(compgen -P "$start" -W "$words" -- "$word"))
}

complete -F _lb_tcp lb-tcp
`;
}

function printWords(): readonly string[] {
  return printTopics.flatMap(({ name, files }) => [name, ...files.flatMap(({ word }) => word ?? [])]);
}

/** Flags behind which something else follows. */
function noValue(): readonly string[] {
  const flags = [...commonFlags, ...topFlags, ...verbs.flatMap((verb) => verb.flags)];
  const alone = flags.filter(({ placeholder }) => placeholder === "" || placeholder.startsWith("[")).map(dashed);
  return [...new Set(["--help", "--version", ...alone])];
}

function verbCase({ name, flags }: Verb): string {
  const words = [...(name === "log-level" ? logLevels : []), ...[...flags, ...commonFlags].map(dashed), "--help"];
  return `          ${name}) words="${words.join(" ")}" ;;`;
}

function dashed({ name }: CommandFlag): string {
  return `--${name}`;
}
