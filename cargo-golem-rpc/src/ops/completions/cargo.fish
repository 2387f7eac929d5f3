
# `cargo golem-rpc …` is completed like `cargo-golem-rpc …`.
function __fish_cargo_golem_rpc_of_cargo
    set -l words (commandline -opc)
    set -l at (contains -i -- golem-rpc $words)
    set -e words[1..$at]
    set -p words cargo-golem-rpc
    set -l line (string escape -- $words | string join ' ')
    set -l begun (commandline -ct)
    complete -C "$line $begun"
end

complete -c cargo -n '__fish_seen_subcommand_from golem-rpc' -f -a '(__fish_cargo_golem_rpc_of_cargo)'
