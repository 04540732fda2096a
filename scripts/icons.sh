#!/bin/sh
# icons.sh builds the icon sprite of the pages: internal/web/assets/files/icons.svg,
# one <symbol> for each name in icons.txt, from an unpacked npm @tabler/icons.
# Usage: scripts/icons.sh path/to/node_modules
set -eu
modules=${1:?usage: scripts/icons.sh path/to/node_modules}
assets=$(dirname "$0")/../internal/web/assets
{
  printf '<svg xmlns="http://www.w3.org/2000/svg">\n'
  while read -r name; do
    file=$modules/@tabler/icons/icons/outline/$name.svg
    [ -f "$file" ] || { echo "icons.sh: no icon named $name" >&2; exit 1; }
    # Keep the drawing only; size, stroke and colour come from the class .i.
    body=$(sed -e '/<!--/,/-->/d' "$file" | tr '\n' ' ' | sed -e 's/<svg[^>]*>//' -e 's#</svg>##' -e 's/  */ /g' -e 's/^ //' -e 's/ $//' -e 's#> <#><#g' -e 's# />#/>#g' -e 's#<path stroke="none" d="M0 0h24v24H0z" fill="none"/>##')
    printf '<symbol id="%s" viewBox="0 0 24 24">%s</symbol>\n' "$name" "$body"
  done <"$assets/icons.txt"
  printf '</svg>\n'
} >"$assets/files/icons.svg.new"
mv "$assets/files/icons.svg.new" "$assets/files/icons.svg"
