#!/bin/sh
# Makes the test files again with LibreOffice; see README.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
small=$here/../../internal/sheet/testdata
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The third number of a filter is the character set (76 UTF-8, 1 Windows-1252,
# 65535 UTF-16), the first two the separator and the quotation mark.
# Columns: 2 is text, 4 a day-month-year date.
texts='1/2/2/2/3/2/4/2/5/2/6/2/7/2/8/2/9/2'
dates='1/2/2/2/3/2/4/2/5/2/6/2/7/2/8/2/9/4'

# convert IN COLUMNS TO FILTER OUT
convert() {
	soffice "-env:UserInstallation=file://$work/profile" --headless --infilter="CSV:44,34,76,1,$2" \
		--convert-to "$3:$4" --outdir "$work/out" "$1" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
	name=$(basename "$1")
	mv "$work/out/${name%.*}.$3" "$5"
}

for kind in french small german dates; do
	python3 "$here/members.py" "$kind" >"$work/$kind.csv"
done

save='Text - txt - csv (StarCalc)'
convert "$work/french.csv" "$texts" csv "$save:59,34,1" "$here/membres-5000.csv"
convert "$work/french.csv" "$dates" xlsx 'Calc MS Excel 2007 XML' "$here/membres-5000.xlsx"
convert "$work/small.csv" "$texts" csv "$save:59,34,1" "$small/cp1252-semicolon.csv"
convert "$work/small.csv" "$texts" csv "$save:44,34,76" "$work/plain.csv"
{ printf '\357\273\277'; cat "$work/plain.csv"; } >"$small/utf8-bom-comma.csv"
convert "$work/small.csv" "$texts" csv "$save:9,34,65535" "$small/utf16-tab.csv"
convert "$work/german.csv" "$texts" csv "$save:59,34,1" "$small/german-semicolon.csv"

# A workbook that was an OpenDocument sheet before.
convert "$work/dates.csv" "$dates" ods calc8 "$small/sheet.ods"
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to 'xlsx:Calc MS Excel 2007 XML' \
	--outdir "$work/out" "$small/sheet.ods" >"$work/log" 2>&1
mv "$work/out/sheet.xlsx" "$small/from-ods.xlsx"
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to 'xls:MS Excel 97' \
	--outdir "$work/out" "$small/sheet.ods" >"$work/log" 2>&1
mv "$work/out/sheet.xls" "$small/old.xls"
