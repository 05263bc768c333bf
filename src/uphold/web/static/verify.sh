#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Verify a receipt with sh, openssl 3, base64, od and sed only: is its entry in the journal that this key signs?
# usage: sh verify.sh RECEIPT.tlog-proof 'VERIFIER-KEY'
set -eu
P=$1 VK=$2
T=$(mktemp -d); trap 'rm -rf "$T"' EXIT
fail() { echo "NOT VERIFIED: $1" >&2; exit 1; }
hash() { openssl dgst -sha256 -binary; }
name=${VK%%+*}; rest=${VK#*+}; id=${rest%%+*}; key=${rest#*+}

[ "$(head -n1 "$P")" = "c2sp.org/tlog-proof@v1" ] || fail "this is not a tlog-proof file"
# The entry travels in the line "extra": base64 of JSON with the member "entry", itself base64.
sed -n 's/^extra //p' "$P" | head -n1 | base64 -d | sed -n 's/.*"entry": *"\([^"]*\)".*/\1/p' | base64 -d > "$T/entry"
[ -s "$T/entry" ] || fail "the file carries no entry"

# 1. The signature of the journal's head. SPKI for Ed25519 = a fixed 12 byte prefix + the 32 byte key.
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf %s "$key" | base64 -d | tail -c 32; } > "$T/key.der"
sed '1,/^$/d' "$P" > "$T/head"
sed '/^$/,$d' "$T/head" > "$T/text"
grep "^— $name " "$T/head" | head -n1 | cut -d' ' -f3 | base64 -d > "$T/sig"
[ "$(head -c4 "$T/sig" | od -An -tx1 | tr -d ' \n')" = "$id" ] || fail "signed by another key"
[ "$(head -n1 "$T/text")" = "$name" ] || fail "the head names another journal"
tail -c +5 "$T/sig" > "$T/s"
openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$T/key.der" -in "$T/text" -sigfile "$T/s" \
  > /dev/null || fail "the signature is wrong"

# 2. The way from the entry up to the root that was signed (RFC 9162, 2.1.3.2).
size=$(sed -n 2p "$T/text"); root=$(sed -n 3p "$T/text")
at=$(sed -n 's/^index //p' "$P" | head -n1)
[ "$at" -lt "$size" ] || fail "the index is past the end"
{ printf '\000'; cat "$T/entry"; } | hash > "$T/r"
fn=$at sn=$((size - 1))
sed -n '/^index /,/^$/p' "$P" | sed '1d;$d' > "$T/path"
while read -r line; do
  [ "$sn" -gt 0 ] || fail "the proof is too long"
  printf %s "$line" | base64 -d > "$T/p"
  if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
    { printf '\001'; cat "$T/p" "$T/r"; } | hash > "$T/n"
    while [ $((fn & 1)) = 0 ] && [ "$fn" -ne 0 ]; do fn=$((fn / 2)); sn=$((sn / 2)); done
  else
    { printf '\001'; cat "$T/r" "$T/p"; } | hash > "$T/n"
  fi
  mv "$T/n" "$T/r"; fn=$((fn / 2)); sn=$((sn / 2))
done < "$T/path"
[ "$sn" = 0 ] && [ "$(base64 < "$T/r")" = "$root" ] || fail "the entry is not in this journal"
echo "OK: entry $at of $size in $name"
cat "$T/entry"; echo
