# Sourced by setup.sh: Debian packages that tests need. A test without its browser must fail, never be skipped.

LIST=packaging/setup/debian-test-packages.txt

missing_packages() {
    while read -r package proof; do
        case "$package" in '' | '#'*) continue ;; esac
        case "$proof" in
        /*) [ -e "$proof" ] ;;
        *) command -v "$proof" >/dev/null 2>&1 ;;
        esac || printf '%s ' "$package"
    done <"$LIST"
}

debian_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    remedy="sudo apt-get install -y --no-install-recommends $missing"
    if [ "$(id -u)" = 0 ]; then
        as_root='env'
    elif sudo -n true >/dev/null 2>&1; then
        as_root='sudo -n env'
    else
        fail "the tests need Debian packages that are not installed. Run:" "测试需要以下 Debian 软件包，请运行：" "$remedy"
    fi
    say "installing for the tests: $missing" "正在安装测试所需的软件包"
    # Unquoted on purpose: both hold several words. The index is only refreshed when the first try finds it stale.
    # Offline to systemd: what a test starts by itself must not run as a service of this machine, too.
    # shellcheck disable=SC2086
    apt_install() {
        $as_root DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 apt-get install -y -qq --no-install-recommends $missing </dev/null
    }
    # shellcheck disable=SC2086
    apt_install || { $as_root apt-get update -qq </dev/null && apt_install; } ||
        fail "apt could not install them; its reason stands above. Run:" "apt 无法安装，原因见上。请运行：" "$remedy"
    case " $missing " in *' prometheus '*)
        $as_root systemctl disable prometheus >/dev/null 2>&1 || true # nor from the next boot on
        ;;
    esac
    missing=$(missing_packages)
    [ -z "$missing" ] || fail "still not there after apt-get install: $missing (see $LIST)" \
        "安装之后仍然缺少：$missing（见 $LIST）"
}
