
# `cargo golem-rpc …` is completed like `cargo-golem-rpc …`, everything else of cargo as before.
_cargo_and_golem_rpc() {
    local at=1
    [[ ${COMP_WORDS[1]} == +* ]] && at=2
    if ((COMP_CWORD > at)) && [[ ${COMP_WORDS[at]} == golem-rpc ]]; then
        COMP_WORDS=(cargo-golem-rpc "${COMP_WORDS[@]:at+1}")
        COMP_CWORD=$((COMP_CWORD - at))
        _cargo_golem_rpc cargo-golem-rpc "$2" "${COMP_WORDS[COMP_CWORD - 1]}"
        return
    fi
    if ! declare -F _cargo >/dev/null; then
        # A completion that is only loaded when it is needed takes our place: we take it back.
        { declare -F _comp_load >/dev/null && _comp_load cargo; } ||
            { declare -F _completion_loader >/dev/null && _completion_loader cargo; }
        complete -o bashdefault -o default -F _cargo_and_golem_rpc cargo
    fi
    declare -F _cargo >/dev/null && _cargo "$@"
}

complete -o bashdefault -o default -F _cargo_golem_rpc cargo-golem-rpc
complete -o bashdefault -o default -F _cargo_and_golem_rpc cargo
