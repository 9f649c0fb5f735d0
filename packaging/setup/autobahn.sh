# Sourced by setup.sh: the Autobahn suite, which judges our WebSocket. It speaks Python 2 only, so an interpreter of the last
# Debian that had one is unpacked beside it, from whatever mirror this machine uses. All of it lies in build/autobahn.

AUTOBAHN=build/autobahn
OLD_DEBIAN='python2.7-minimal libpython2.7-minimal libpython2.7-stdlib libpython2.7-dev libpython2.7 libssl1.1 libffi7'
OLD_TOOLS='pip==20.3.4 setuptools==44.1.1 wheel==0.37.1'
SUITE='autobahntestsuite==25.10.1'
# What the suite needs, in the last versions that know Python 2.
OLD_PACKAGES='autobahn==0.10.9 txaio==2.1.0 Twisted==19.10.0 zope.interface==4.6.0 incremental==16.10.1 six==1.16.0
    jinja2==2.11.3 markupsafe==1.1.1 Werkzeug==1.0.1 klein==17.10.0 unittest2==1.1.0 pyOpenSSL==19.1.0 cryptography==3.3.2
    service_identity==18.1.0'

debian_mirror() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
        tr ' ' '\n' | grep -E '^https?://.*/debian/?$' | head -n 1
}

autobahn() {
    stamp=$(cat packaging/setup/autobahn.sh | digest)
    [ "$(cat build/stamps/autobahn 2>/dev/null)" = "$stamp" ] && [ -x "$AUTOBAHN/wstest" ] && return
    say "building the Autobahn suite (about half a minute)" "正在准备 Autobahn 测试集（约半分钟）"
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || fail "the Autobahn suite needs Debian's Python 2.7, and apt knows no Debian mirror here" \
        "Autobahn 测试集需要 Debian 的 Python 2.7，而本机的 apt 没有配置 Debian 镜像"
    rm -rf "$AUTOBAHN"
    mkdir -p "$AUTOBAHN"
    at=$(cd "$AUTOBAHN" && pwd)
    log=$at/build.log
    (old_python && old_packages && the_suite) >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "the Autobahn suite could not be built; all of it stands in $log" \
            "Autobahn 测试集没有准备好，详情见 $log"
    }
    echo "$stamp" >build/stamps/autobahn
}

# An apt of its own: what is installed on this machine is neither asked nor changed.
old_python() {
    mkdir -p "$at/apt/lists/partial" "$at/apt/cache/archives/partial" "$at/debs"
    : >"$at/apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" >"$at/apt/sources.list"
    cat >"$at/apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$at/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::Lists "$at/apt/lists";
Dir::State::status "$at/apt/status";
Dir::Cache "$at/apt/cache";
Acquire::Check-Valid-Until "false";
APT::Sandbox::User "root";
CONF
    export APT_CONFIG="$at/apt/apt.conf"
    apt-get -qq update
    # shellcheck disable=SC2086
    (cd "$at/debs" && apt-get -qq download $OLD_DEBIAN)
    for deb in "$at"/debs/*.deb; do dpkg-deb -x "$deb" "$at/python27"; done
    cat >"$at/python2" <<SCRIPT
#!/bin/sh
export LD_LIBRARY_PATH=$at/python27/usr/lib/$(gcc -print-multiarch) PYTHONHOME=$at/python27/usr PYTHONWARNINGS=ignore
export PYTHONPATH=$at/suite:$at/packages:$at/tools
exec $at/python27/usr/bin/python2.7 "\$@"
SCRIPT
    chmod +x "$at/python2"
}

old_packages() {
    # shellcheck disable=SC2086
    .venv/bin/python -m pip download -q --no-deps --python-version 27 --only-binary :all: -d "$at/wheels" $OLD_TOOLS
    mkdir -p "$at/tools"
    for wheel in "$at"/wheels/*.whl; do .venv/bin/python -m zipfile -e "$wheel" "$at/tools"; done
    include=$at/python27/usr/include
    # shellcheck disable=SC2086
    CFLAGS="-I$include/python2.7 -I$include -w -fcommon" LDFLAGS="-L$at/python27/usr/lib/$(gcc -print-multiarch)" \
        "$at/python2" -m pip install -q --no-build-isolation --target "$at/packages" $OLD_PACKAGES
    touch "$at/packages/zope/__init__.py"
}

the_suite() {
    .venv/bin/python -m pip download -q --no-deps --no-binary :all: --no-build-isolation -d "$at/source" "$SUITE"
    tar -xzf "$at"/source/*.tar.gz -C "$at/source"
    mkdir -p "$at/suite"
    mv "$at"/source/*/autobahntestsuite "$at/suite/"
    printf '#!/bin/sh\nexec %s/python2 -c "from autobahntestsuite.wstest import run; run()" "$@"\n' "$at" >"$at/wstest"
    chmod +x "$at/wstest"
    "$at/wstest" -a
}
