# Part of tools/bench. Settings: FOREIGN (200000) messages of the imports from other products, MOVED (1000000) of the export and import,
# WHAT (mattermost slack own)

bench_moving() {
  local work="$BENCH_WORK/moving" kind what="${WHAT:-mattermost slack own}"
  [ -x /usr/bin/time ] || fail "/usr/bin/time is missing (Debian: time)."
  mkdir -p "$work"
  row ""
  row "## Moving, SQLite, on one core"
  row ""
  row "\`chatctl\` as a command with its start; the generated exports have 500 people, 100 channels, reactions, mentions, threads and files. Goal: 20,000 messages a second."
  row ""
  row "| what | messages | seconds | messages a second | most memory, MB |"
  row "| --- | --- | --- | --- | --- |"
  for kind in mattermost slack; do
    [[ " $what " == *" $kind "* ]] || continue
    dotnet "$measure" foreign "$kind" "${FOREIGN:-200000}" "$work/$kind.zip"
    moving_row "import $kind --dry-run" "${FOREIGN:-200000}" import "$kind" "$work/$kind.zip" --dry-run
    moving_row "import $kind" "${FOREIGN:-200000}" import "$kind" "$work/$kind.zip" --data "$work/$kind"
    rm -rf "$work/$kind" "$work/$kind.zip"
  done
  [[ " $what " == *" own "* ]] || return 0
  dotnet "$measure" foreign slack "${MOVED:-1000000}" "$work/large.zip"
  moving_row "import slack" "${MOVED:-1000000}" import slack "$work/large.zip" --data "$work/large"
  moving_row "export" "${MOVED:-1000000}" export --data "$work/large" --output "$work/export"
  rm -rf "$work/large" "$work/large.zip"
  moving_row "import of that export" "${MOVED:-1000000}" import --data "$work/moved" --from "$work/export"
  rm -rf "$work"
}

moving_row() {
  local name="$1" messages="$2"
  shift 2
  taskset -c "$GEN_CORE" /usr/bin/time -f "%e %M" -o "$BENCH_WORK/moving.time" dotnet "$ctl" "$@" > /dev/null
  row "| $name | $messages | $(awk -v n="$messages" 'END { printf "%.1f | %d | %d |", $1, n / $1, $2 / 1024 }' "$BENCH_WORK/moving.time")"
}
