# Sourced by setup.sh: how set-up speaks. Operators read it in one of two languages, so it always speaks both.

say() { printf 'kefu: %s / %s\n' "$1" "$2"; }

# fail ENGLISH CHINESE [COMMAND]: stop, and show the command that mends it.
fail() {
    printf '\nkefu: %s\nkefu: %s\n' "$1" "$2" >&2
    [ -z "${3:-}" ] || printf '\n    %s\n\n' "$3" >&2
    exit 1
}

# Hashes of contents, not times: git sets every time to the moment of the checkout, and a second `make run` after a
# fresh clone or a copied tree must neither install again nor trust what is stale.
digest() { sha256sum | cut -d ' ' -f 1; }
