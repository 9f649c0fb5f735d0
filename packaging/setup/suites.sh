# Sourced by setup.sh: packages from npm that are data to us, each checked against its hash and unpacked into
# build/suites/NAME.

SUITES=packaging/setup/npm-suites.txt

sha512_of() {
    .venv/bin/python -c 'import base64, hashlib, sys
print(base64.b64encode(hashlib.sha512(open(sys.argv[1], "rb").read()).digest()).decode())' "$1"
}

suites() {
    stamp=$(digest <"$SUITES")
    [ "$(cat build/stamps/suites 2>/dev/null)" = "$stamp" ] && [ -d build/suites ] && return
    find_node
    say "fetching the public suites that judge kefu" "正在获取评判用的公开测试集"
    rm -rf build/suites build/suites.new
    mkdir -p build/suites.new
    grep -v '^#' "$SUITES" | while read -r name version hash; do
        file=$(cd build/suites.new && npm pack --silent --ignore-scripts "$name@$version" </dev/null | tail -n 1) ||
            fail "npm could not fetch $name; its reason stands above." "npm 无法获取 $name，原因见上。"
        [ "sha512-$(sha512_of "build/suites.new/$file")" = "$hash" ] ||
            fail "$name $version is not what $SUITES says" "$name $version 与 $SUITES 所写不符"
        mkdir -p "build/suites.new/$name"
        tar -xzf "build/suites.new/$file" -C "build/suites.new/$name" --strip-components=1
        rm "build/suites.new/$file"
    done
    mv build/suites.new build/suites
    echo "$stamp" >build/stamps/suites
}
