/** The shells that completions are made for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

/** The name of a shell. */
export type Shell = typeof SHELLS[number];

/**
 * The word that makes the programs complete a line. No script evaluates an answer: names of files
 * come from servers.
 */
export const COMPLETE_COMMAND = "__complete";

const BASH = String.raw`# bash completion for tcp-chat and tcp-chat-server
function _tcp_chat {
  local answer program=${"$"}{1/#\~\//$HOME/}
  COMPREPLY=()
  while IFS= read -r answer; do
    case $answer in
      :files) compopt -o default ;;
      :folders) compopt -o dirnames ;;
      :nospace) compopt -o nospace ;;
      =*) COMPREPLY+=("${"$"}{answer#=}") ;;
    esac
  done < <("$program" ${COMPLETE_COMMAND} bash "$2" "${"$"}{COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -F _tcp_chat tcp-chat tcp-chat-server
`;

const ZSH = String.raw`#compdef tcp-chat tcp-chat-server
# zsh completion for tcp-chat and tcp-chat-server
function _tcp_chat {
  local answer value help program=${"$"}{${"$"}{(Q)words[1]}/#\~\//$HOME/}
  local -a open closed open_lines closed_lines
  while IFS= read -r answer; do
    case $answer in
      (:files) compset -P '--*='; _files ;;
      (:folders) compset -P '--*='; _files -/ ;;
      ('='*)
        value=${"$"}{${"$"}{answer#=}%%$'\t'*}
        help=${"$"}{answer#*$'\t'}
        case $value in
          (*[/=:]) open+=("$value") open_lines+=("$value${"$"}{help:+  -- $help}") ;;
          (*) closed+=("$value") closed_lines+=("$value${"$"}{help:+  -- $help}") ;;
        esac ;;
    esac
  done < <(command "$program" ${COMPLETE_COMMAND} zsh "=${"$"}{(Q)PREFIX}" "${"$"}{(@Q)words[2,CURRENT-1]}" 2>/dev/null)
  (( $#open )) && compadd -S '' -l -d open_lines -a open
  (( $#closed )) && compadd -l -d closed_lines -a closed
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _tcp_chat "$@"
else
  compdef _tcp_chat tcp-chat tcp-chat-server
fi
`;

const FISH = String.raw`# fish completion for tcp-chat and tcp-chat-server
function __tcp_chat_complete
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    set -l current (string unescape -- "$token"
        or string unescape -- "$token'"
        or string unescape -- "$token\"")
    set -l option (string match -r -- '^--[^=]+=' "$current")
    set -l path (string replace -- "$option" '' "$current")
    for answer in (command $words[1] ${COMPLETE_COMMAND} fish "=$current" $words[2..-1] 2>/dev/null)
        switch $answer
            case ':files'
                for name in (__fish_complete_path "$path")
                    printf '%s%s\n' "$option" $name
                end
            case ':folders'
                for name in (__fish_complete_directories "$path")
                    printf '%s%s\n' "$option" $name
                end
            case '=*'
                string sub -s 2 -- $answer
        end
    end
end
for program in tcp-chat tcp-chat-server
    complete -c $program -e
    complete -c $program -f -a '(__tcp_chat_complete)'
end
`;

const POWERSHELL = String.raw`# PowerShell completion for tcp-chat and tcp-chat-server
Register-ArgumentCompleter -Native -CommandName 'tcp-chat', 'tcp-chat-server' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
            else { $_.Extent.Text }
        })
    $program = $words[0]
    $rest = @($words | Select-Object -Skip 1)
    $encoding = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        & $program ${COMPLETE_COMMAND} powershell "=$wordToComplete" @rest 2>$null | ForEach-Object {
            if (-not $_.StartsWith('=')) { return }
            $text, $value, $help = $_.Substring(1).Split([char]9)
            if (-not $help) { $help = $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
        }
    } finally {
        [Console]::OutputEncoding = $encoding
    }
}
`;

/** The scripts that make the shells complete the lines of both programs, by the shells' names. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};
