/**
 * What bash sources: at each Tab it asks `driftline complete -- …`. The completion library's own script needs the package
 * bash-completion, has the shell evaluate the words of the line, `$(…)` among them, and cannot be sourced twice.
 */
export const BASH_COMPLETION = `# bash completion for driftline
_driftline() {
    local line value quoted words cur files=
    # The words as they stand there: bash's own are split at = and : as well.
    read -ra words <<< "\${COMP_LINE:0:COMP_POINT}"
    [[ \${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
    cur=\${words[\${#words[@]} - 1]}
    [[ $cur == -*=* ]] && cur=\${cur#*=}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :* ]]; then
            [[ $line == :0 ]] && files=yes
            continue
        fi
        value=\${line%%$'\\t'*}
        [[ -n $value && $value == "$cur"* ]] || continue
        printf -v quoted %q "$value"
        COMPREPLY+=("$quoted")
    done < <("\${words[0]}" complete -- "\${words[@]:1}" 2> /dev/null)
    # Bash puts back only what follows the last of these.
    if [[ $cur == *[=:]* ]]; then
        line=\${cur%"\${cur##*[=:]}"}
        COMPREPLY=("\${COMPREPLY[@]#"$line"}")
    fi
    [[ -z $files || \${#COMPREPLY[@]} -gt 0 ]] || compopt -o default 2> /dev/null
}
complete -F _driftline driftline
`;
