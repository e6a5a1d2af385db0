#!/usr/bin/env bash
# Makes echarts.js anew: needs Node with npm. Run it to take another version; the file that it
# makes is committed, so that no build of the report needs Node.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/entry.js" "$work"
cd "$work"
npm install --silent --no-audit --no-fund --no-package-lock
from=node_modules
cp "$from/echarts/LICENSE" "$here/LICENSE"
cp "$from/echarts/NOTICE" "$here/NOTICE"
cp "$from/echarts/licenses/LICENSE-d3" "$here/LICENSE-d3"
cp "$from/zrender/LICENSE" "$here/LICENSE-zrender"
tr -d '\r' <"$from/tslib/LICENSE.txt" >"$here/LICENSE-tslib"
npx esbuild entry.js --bundle --minify --format=iife --global-name=echarts --target=es2017 \
    --charset=ascii --legal-comments=none --log-level=warning --outfile=built.js
# The licences ask for their notices beside the code, and a page is given away on its own.
{
    echo '/*!'
    version="$(sed -n 's/^ *"version": "\(.*\)",*$/\1/p' "$from/echarts/package.json" | head -1)"
    echo "Apache ECharts $version (bars and radars alone), bundled from its unmodified sources with esbuild."
    echo 'Licensed under the Apache License, Version 2.0: http://www.apache.org/licenses/LICENSE-2.0'
    echo
    cat "$from/echarts/NOTICE"
    printf '\n\nIt holds zrender:\n\n'
    cat "$from/zrender/LICENSE"
    printf '\nIt holds parts of d3:\n\n'
    cat "$from/echarts/licenses/LICENSE-d3"
    printf '\nIt holds helpers of tslib, (c) Microsoft Corporation, 0BSD.\n'
    echo '*/'
    cat built.js
} >"$here/echarts.js"
