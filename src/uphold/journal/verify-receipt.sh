#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Verify an Uphold receipt with nothing but a POSIX shell and openssl (3.0 or later).
#
#   sh verify-receipt.sh RECEIPT.tlog-proof VKEY
#
# VKEY is the journal's public key in one line (name+id+key). Take it from a place the site cannot
# change behind your back: your contract, the site's DNS, a copy you made earlier.
#
# It checks that the key signed the checkpoint in the receipt, that the entry in the receipt is in the
# journal which that checkpoint describes, and that each disclosure opens a commitment of the entry.
# Exit status: 0 verified, 1 not verified, 2 wrong use. Anything malformed is not verified.

set -eu
umask 077
LC_ALL=C
export LC_ALL

refuse() {
    printf 'NOT VERIFIED: %s\n' "$1" >&2
    exit 1
}

if [ $# -ne 2 ]; then
    echo 'usage: sh verify-receipt.sh RECEIPT.tlog-proof VKEY' >&2
    exit 2
fi
receipt=$1
vkey=$2
[ -f "$receipt" ] && [ -r "$receipt" ] || refuse 'the receipt cannot be read'
work=$(mktemp -d) || refuse 'no temporary folder'
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# unbase64 TEXT FILE: decode, and refuse any text that is not the one spelling of its bytes.
unbase64() {
    printf '%s' "$1" | openssl base64 -d -A > "$2" 2> /dev/null || refuse 'base64 is malformed'
    [ "$(openssl base64 -A < "$2")" = "$1" ] || refuse 'base64 is malformed'
}
bytes() { wc -c < "$1" | tr -d ' '; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
sha256() { openssl dgst -sha256 -binary; }
# decimal TEXT: one spelling, small enough for the shell's arithmetic.
decimal() {
    case $1 in
        '' | *[!0-9]* | 0?*) return 1 ;;
    esac
    [ ${#1} -le 18 ]
}

# Control characters other than line feed: a mail gateway's carriage returns, or worse.
[ "$(bytes "$receipt")" -le 200000 ] || refuse 'the receipt is too long'
[ -z "$(tr -d '\012\040-\377' < "$receipt" | hex)" ] || refuse 'the receipt holds control characters'
[ "$(tail -c 1 "$receipt" | hex)" = 0a ] || refuse 'the receipt does not end with a line feed'

# --- the file: header, extra, index, path, blank line, checkpoint, blank line, signatures
{
    read -r header && read -r extra && read -r index || refuse 'the receipt is too short'
    : > "$work/path"
    while read -r line && [ -n "$line" ]; do
        printf '%s\n' "$line" >> "$work/path"
    done
    read -r origin && read -r size && read -r root || refuse 'the checkpoint is too short'
    IFS= read -r blank && [ -z "$blank" ] || refuse 'the checkpoint does not have three lines'
    cat > "$work/signatures"
} < "$receipt"

[ "$header" = 'c2sp.org/tlog-proof@v1' ] || refuse 'this is no tlog-proof'
case $extra in 'extra '?*) extra=${extra#extra } ;; *) refuse 'the receipt has no extra line' ;; esac
case $index in 'index '?*) index=${index#index } ;; *) refuse 'the receipt names no index' ;; esac
decimal "$index" && decimal "$size" || refuse 'index or size is no plain number'
[ "$index" -lt "$size" ] || refuse 'the index is not below the size'

# `read` trims spaces at the ends, so print what was understood and demand it to be the file itself.
{
    printf '%s\nextra %s\nindex %s\n' "$header" "$extra" "$index"
    cat "$work/path"
    printf '\n%s\n%s\n%s\n\n' "$origin" "$size" "$root"
    cat "$work/signatures"
} > "$work/printed"
cmp -s "$work/printed" "$receipt" || refuse 'the receipt is malformed'

# --- the key: name + first 4 bytes of SHA-256(name LF type key) + base64(type key)
name=${vkey%%+*}
rest=${vkey#*+}
id=${rest%%+*}
[ "$vkey" = "$name+$id+${rest#*+}" ] && [ -n "$name" ] || refuse 'the key is malformed'
unbase64 "${rest#*+}" "$work/key"
[ "$(bytes "$work/key")" -eq 33 ] || refuse 'the key is malformed'
[ "$(od -An -v -tx1 -N1 "$work/key" | tr -d ' \n')" = 01 ] || refuse 'the key is not of type Ed25519'
{ printf '%s\n' "$name"; cat "$work/key"; } | sha256 > "$work/id"
[ "$(od -An -v -tx1 -N4 "$work/id" | tr -d ' \n')" = "$id" ] || refuse 'the key does not fit its id'
[ "$origin" = "$name" ] || refuse 'the receipt is of another journal than the key'

# --- the signature: every line must be well formed, one must be the key's, and it must verify
printf '%s\n%s\n%s\n' "$origin" "$size" "$root" > "$work/text"
# An Ed25519 public key in DER is this prefix and the 32 bytes.
printf '\060\052\060\005\006\003\053\145\160\003\041\000' > "$work/key.der"
tail -c 32 "$work/key" >> "$work/key.der"
dash=$(printf '\342\200\224')
signed=no
while IFS= read -r line; do
    signer=${line#"$dash "}
    value=${signer#* }
    signer=${signer%% *}
    [ "$line" = "$dash $signer $value" ] && [ -n "$signer" ] || refuse 'a signature line is malformed'
    unbase64 "$value" "$work/value"
    [ "$(bytes "$work/value")" -ge 5 ] || refuse 'a signature line is malformed'
    [ "$signer" = "$name" ] || continue
    [ "$(od -An -v -tx1 -N4 "$work/value" | tr -d ' \n')" = "$id" ] || continue
    [ "$(bytes "$work/value")" -eq 68 ] || refuse 'the signature is malformed'
    tail -c 64 "$work/value" > "$work/signature"
    openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/key.der" \
        -in "$work/text" -sigfile "$work/signature" > /dev/null 2>&1 \
        || refuse 'the signature is not of this key'
    signed=yes
done < "$work/signatures"
[ "$signed" = yes ] || refuse 'the key did not sign the checkpoint'

# --- the entry: {"entry":"base64","open":["disclosure",...]} in its one spelling
unbase64 "$extra" "$work/extra"
[ "$(bytes "$work/extra")" -le 40000 ] || refuse 'the extra line is too long'
[ -z "$(tr -d '\040-\176' < "$work/extra" | hex)" ] || refuse 'the extra line is not plain text'
json=$(cat "$work/extra")
entry=${json#'{"entry":"'}
open=${entry#*'","open":['}
entry=${entry%%'"'*}
open=${open%]\}}
[ "$json" = "{\"entry\":\"$entry\",\"open\":[$open]}" ] || refuse 'the extra line is malformed'
unbase64 "$entry" "$work/entry"
[ -z "$(tr -d '\040-\176' < "$work/entry" | hex)" ] || refuse 'the entry is not plain text'
said=$(cat "$work/entry")
act=${said#'{"act":"'}
at=${act#*'","at":"'}
act=${act%%'"'*}
at=${at%%'"'*}
case $said in
    "{\"act\":\"$act\",\"at\":\"$at\","*) ;;
    *) refuse 'the entry is malformed' ;;
esac
case $act in '' | *[!a-z.-]*) refuse 'the entry is malformed' ;; esac
case $at in
    [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z) ;;
    *) refuse 'the entry is malformed' ;;
esac

# --- inclusion, RFC 9162 section 2.1.3.2: size and root come from the checkpoint verified above
unbase64 "$root" "$work/root"
[ "$(bytes "$work/root")" -eq 32 ] || refuse 'the root is malformed'
{ printf '\000'; cat "$work/entry"; } | sha256 > "$work/hash"
here=$index
last=$((size - 1))
while IFS= read -r line; do
    [ "$last" -gt 0 ] || refuse 'the path is too long'
    unbase64 "$line" "$work/sibling"
    [ "$(bytes "$work/sibling")" -eq 32 ] || refuse 'a hash is malformed'
    if [ $((here % 2)) -eq 1 ] || [ "$here" -eq "$last" ]; then
        { printf '\001'; cat "$work/sibling" "$work/hash"; } | sha256 > "$work/next"
        while [ $((here % 2)) -eq 0 ] && [ "$here" -ne 0 ]; do
            here=$((here / 2))
            last=$((last / 2))
        done
    else
        { printf '\001'; cat "$work/hash" "$work/sibling"; } | sha256 > "$work/next"
    fi
    mv "$work/next" "$work/hash"
    here=$((here / 2))
    last=$((last / 2))
done < "$work/path"
[ "$last" -eq 0 ] || refuse 'the path is too short'
[ "$(bytes "$work/hash")" -eq 32 ] || refuse 'openssl failed'
cmp -s "$work/hash" "$work/root" || refuse 'the entry is not in the journal at this index'

# --- disclosures: the base64url SHA-256 of each must stand in the entry's list of commitments
commitments=${said#*'","c":['}
[ "$commitments" != "$said" ] || commitments=
commitments=${commitments%%]*}
opened=0
while [ -n "$open" ]; do
    disclosure=${open#'"'}
    disclosure=${disclosure%%'"'*}
    case $open in
        "\"$disclosure\"") open= ;;
        "\"$disclosure\",\""*) open=${open#*,} ;;
        *) refuse 'the extra line is malformed' ;;
    esac
    case $disclosure in '' | *[!A-Za-z0-9_-]*) refuse 'a disclosure is malformed' ;; esac
    digest=$(printf '%s' "$disclosure" | sha256 | openssl base64 -A | tr '+/' '-_' | tr -d '=')
    case $commitments in
        *"\"$digest\""*) [ ${#digest} -eq 43 ] || refuse 'openssl failed' ;;
        *) refuse 'a disclosure opens nothing in the entry' ;;
    esac
    opened=$((opened + 1))
done

printf 'VERIFIED\norigin %s\nindex %s\nsize %s\nact %s\ntime %s (as the operator states it)\n' \
    "$origin" "$index" "$size" "$act" "$at"
printf 'disclosures %s\n' "$opened"
