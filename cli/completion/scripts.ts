/** The shells that a script is there for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The script of a shell. It asks `program` (its file, as an alias or a folder of node_modules is not what a script can start)
 * for the words that may come, each on a line, after a tab what it is.
 */
export function scriptFor(shell: Shell, program: string): string {
  return SCRIPTS[shell](`'${program.replaceAll("'", "'\\''")}'`);
}

const SCRIPTS: Readonly<Record<Shell, (program: string) => string>> = {
  // Bash breaks words at ":" and "=", which are in directory addresses; the line is broken at spaces instead.
  bash: (program) => `# perennial-tls completion for bash: eval "$(perennial-tls completion bash)"
_perennial_tls() {
  local IFS=$'\\n' line word words candidate
  line=\${COMP_LINE:0:COMP_POINT}
  IFS=' ' read -r -a words <<<"\${line#* }"
  [[ $line == *' ' ]] && words+=('')
  word=\${COMP_WORDS[COMP_CWORD]}
  local whole=\${words[\${#words[@]}-1]}
  local before=\${whole%"$word"}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    if [[ $candidate == @files ]]; then
      compopt -o filenames
      COMPREPLY=($(compgen -f -- "$word"))
    elif [[ $candidate == "$whole"* ]]; then
      COMPREPLY+=("\${candidate#"$before"}")
    fi
  done < <(${program} complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _perennial_tls perennial-tls`,
  zsh: (program) => `#compdef perennial-tls
# perennial-tls completion for zsh, after compinit: eval "$(perennial-tls completion zsh)"
_perennial_tls() {
  local -a told offered
  local line
  told=("\${(@f)$(${program} complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $told[1] == @files ]]; then _files; return; fi
  for line in $told; do
    [[ -n $line ]] && offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'perennial-tls' offered
}
if [[ \${funcstack[1]-} == _perennial_tls ]]; then _perennial_tls "$@"; else compdef _perennial_tls perennial-tls; fi`,
  fish: (program) => `# perennial-tls completion for fish: perennial-tls completion fish | source
function __perennial_tls
  set -l words (commandline -opc) (commandline -ct)
  set -l told (${program} complete -- $words[2..-1] 2>/dev/null)
  if test "$told[1]" = @files
    __fish_complete_path (commandline -ct)
  else
    string join \\n -- $told
  end
end
complete -c perennial-tls -e
complete -c perennial-tls -f -a '(__perennial_tls)'`,
};
