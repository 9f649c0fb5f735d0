# Sourced by setup.sh: the Python side. Everything lives in .venv; nothing outside the checkout is touched.

APT_LINE='sudo apt install make python3-venv'

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Prints the first Python >= 3.11. A name that exists but does not run (a version switcher's stub) is passed over.
find_python() {
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if is_new_enough "$name"; then
            command -v "$name"
            return
        fi
        [ -z "${PYTHON:-}" ] || break
    done
    if [ -n "${PYTHON:-}" ]; then
        fail "PYTHON=$PYTHON is not a Python 3.11 or newer." "PYTHON=$PYTHON 不是 Python 3.11 或更新的版本。"
    fi
    fail "no Python 3.11 or newer was found. On Debian 12, Ubuntu 24.04 or newer, this installs it:" \
        "没有找到 Python 3.11 或更新的版本。在 Debian 12、Ubuntu 24.04 或更新的系统上请运行：" "$APT_LINE"
}

# A checkout that was moved or copied carries a .venv that still points at the old place, and one whose making was cut
# short lacks the link that is made last; both are made anew.
venv_is_ours() {
    [ -x .venv/bin/python ] || return 1
    [ "$(cat "$(checkout_link)" 2>/dev/null)" = "$PWD" ] || return 1
    is_new_enough .venv/bin/python || return 1
    [ -z "${PYTHON:-}" ] || [ "$(minor_version "$PYTHON")" = "$(minor_version .venv/bin/python)" ]
}

minor_version() { "$1" -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null; }

ensure_venv() {
    venv_is_ours && return
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        fail "$python cannot make virtual environments (its venv or ensurepip is missing). Run:" \
            "$python 无法创建虚拟环境（缺少 venv 或 ensurepip）。请运行：" "$APT_LINE"
    fi
    say "making .venv with $("$python" --version)" "正在创建 .venv"
    rm -rf .venv
    "$python" -m venv .venv
    link_checkout
}

# Makes `.venv/bin/kefu` work from any folder, without building and installing a package on every change.
link_checkout() {
    cat >.venv/bin/kefu <<'SCRIPT'
#!/bin/sh
here=$(dirname -- "$(readlink -f -- "$0")")
exec "$here/python" -P -m appliance "$@"
SCRIPT
    chmod +x .venv/bin/kefu
    printf '%s\n' "$PWD" >"$(checkout_link)"
}

site_packages() { echo .venv/lib/python3.*/site-packages; }

checkout_link() { printf '%s/kefu-checkout.pth' "$(site_packages)"; }

# install NAME REQUIREMENTS: once for each content of the file, each place of the checkout and each Python.
install() {
    [ -z "${PYTHON:-}" ] || ensure_venv
    if [ -x .venv/bin/python ] && [ "$(cat ".venv/.kefu-$1" 2>/dev/null)" = "$(installed_key "$2")" ]; then return; fi
    ensure_venv
    say "installing Python packages ($2)" "正在安装 Python 依赖（$2）"
    .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
        --require-hashes --only-binary :all: -r "$2" </dev/null ||
        fail "pip could not install $2; its reason stands above. Is the package index reachable?" \
            "pip 无法安装 $2，原因见上。请检查软件包索引是否可以访问。"
    installed_key "$2" >".venv/.kefu-$1"
}

installed_key() { { pwd && cat .venv/pyvenv.cfg "$1"; } | digest; }
