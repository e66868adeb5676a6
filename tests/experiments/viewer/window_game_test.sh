#!/usr/bin/env bash
# window_game_test.sh TENGEN FOLDER: plays a whole game on 9x9 against the network in the box, from
# outside, by mouse and keys in a real window under Xvfb, and compares the saved record with the
# clicks. Says NOT RUN where Xvfb or xdotool is missing.
set -euo pipefail
tengen=$1 folder=$2
if ! command -v Xvfb xdotool >/dev/null; then
  echo 'NOT RUN: Xvfb and xdotool are needed (apt-get install xvfb xdotool)'
  exit 77
fi
mkdir -p "$folder"
record=$folder/game.sgf
rm -f "$record"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
fail() { echo "FAILED: $*"; exit 1; }

display=:$((90 + RANDOM % 400))
Xvfb "$display" -screen 0 1280x800x24 >/dev/null 2>&1 &
pids+=($!)
export DISPLAY=$display
sleep 1
"$tengen" view go9 --white net:go9,visits=8 --size 1280x800 2>"$folder/stderr" &
pids+=($!)
xdotool search --sync --onlyvisible --name Tengen >/dev/null
sleep 2

# Black's clicks: every second point, then the others; what is occupied by then must stay as it is.
clicks=()
for start in 1 0; do
  for ((i = start; i < 81; i += 2)); do clicks+=("$((i * 41 % 81))"); done
done
click() { xdotool mousemove $((150 + 75 * ($1 % 9))) $((100 + 75 * ($1 / 9))) click 1; }
for point in "${clicks[@]:0:60}"; do
  click "$point"
  sleep 0.7
done
# Then Black passes until White does too; the keys of a game that is over do nothing.
for _ in {1..60}; do xdotool key p; sleep 0.4; done
sleep 2
xdotool key ctrl+s
sleep 1
xdotool key ctrl+a type --delay 20 "$record"
xdotool key Return
for _ in {1..20}; do [[ -s $record ]] && break; sleep 0.5; done
[[ -s $record ]] || fail 'no record was saved'

# The score screen was reached: two passes, and a result in points.
grep -q 'RE\[[BW]+[0-9.]*\]' "$record" || fail 'the record has no score'
moves=$(grep -o '[BW]\[[a-i]*\]' "$record" | grep -v '^PB\|^PW' || true)
mapfile -t moves <<<"$moves"
[[ ${moves[-1]} == *'[]' ]] || fail 'the game does not end in a pass'
letters=abcdefghi
name() { echo "${letters:$(($1 % 9)):1}${letters:$(($1 / 9)):1}"; }
next=0
refused=()
for point in "${clicks[@]:0:60}"; do
  if [[ ${moves[next]:-} == "B[$(name "$point")]" ]]; then
    next=$((next + 2))  # White answered
    continue
  fi
  # Not played: then a stone stood there, or the rules forbade it.
  rows=$("$tengen" sgf show "$record" --move "$next" --json 2>/dev/null | grep -o '"[.XO]\{9\}"' | tr -d '"')
  row=$(sed -n "$((point / 9 + 1))p" <<<"$rows")
  [[ ${row:$((point % 9)):1} != . ]] && continue
  refused+=("$(name "$point")")
done
# Suicide and ko.
(( ${#refused[@]} <= 6 )) || fail "clicks on empty points that were not played: ${refused[*]}"
while [[ ${moves[next]:-} == 'B[]' ]]; do next=$((next + 2)); done
(( next >= ${#moves[@]} )) || fail "move $next of the record, ${moves[next]}, was never clicked"
echo "passed: ${#moves[@]} moves, result $(grep -o 'RE\[[^]]*\]' "$record")"
