#!/usr/bin/env bash
# Runs one job for cron: nightly.sh JOB.toml LOG_DIRECTORY
#
# The log and the line of JSON of each night stay in LOG_DIRECTORY. Prints nothing when all is well,
# and exits as x2vec does. What may pass by itself (exit code 5: a full disk, another run) is
# tried TRIES times, WAIT seconds apart; anything else is told at once.
set -u
job=${1:?the job file} logs=${2:?the directory of logs}
x2vec=${X2VEC:-x2vec} tries=${TRIES:-3} wait=${WAIT:-600}

mkdir -p "$logs" || exit 5
exec 9>"$logs/.lock"
if ! flock --nonblock 9; then
  echo "$job: the run before is not over yet; this one is left out"
  exit 5
fi

night=$(date -u +%F)
result="$logs/$night.json" log="$logs/$night.log"
while :; do
  "$x2vec" run "$job" --resume --json >"$result" 2>>"$log" 9>&-
  code=$?
  tries=$((tries - 1))
  if [ "$code" -ne 5 ] || [ "$tries" -le 0 ]; then break; fi
  sleep "$wait"
done
if [ "$code" -ne 0 ]; then
  echo "$job: exit code $code; the log is $log"
  cat "$result"
fi
exit "$code"
