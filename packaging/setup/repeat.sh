#!/bin/sh
# repeat.sh N COMMAND...: run it N times and stop at the first failure. What passes once may still be a matter of luck.
set -eu

times=$1
shift
round=1
while [ "$round" -le "$times" ]; do
    printf 'kefu: round %s of %s\n' "$round" "$times"
    "$@"
    round=$((round + 1))
done
