# Part of tools/bench. Settings: MOVED (1000000) messages of the export and import, FOREIGN (200000) of the imports from other products,
# MOVING_DATABASE (Sqlite; PostgreSql with ConnectionStrings__Default of an empty database takes the imports of one run: WHAT)
# WHAT (own mattermost slack)

bench_moving() {
  local work="$BENCH_WORK/moving" moved="${MOVED:-1000000}" foreign="${FOREIGN:-200000}" what="${WHAT:-own mattermost slack}" kind
  [ -x /usr/bin/time ] || fail "/usr/bin/time is missing (Debian: time)."
  mkdir -p "$work"
  row ""
  row "## Moving, ${MOVING_DATABASE:-Sqlite}, on one core"
  row ""
  row "chatctl as a command; the last line of what it prints. Goal: 20,000 messages a second. \`own\`: $moved messages in 200 rooms; the others: a generated export of $foreign messages, 500 people, 100 channels."
  row ""
  row "| what | result | most memory, MB |"
  row "| --- | --- | --- |"
  if [[ " $what " == *" own "* ]]; then
    seed --data "$work/seeded" --users 1000 --rooms 200 --members 5 --messages "$moved" --out "$work/tokens"
    moving_row "export" export --data "$work/seeded" --output "$work/export"
    moving_row "import of it" import --data "$work/imported" --from "$work/export"
    rm -rf "$work/seeded" "$work/export" "$work/imported"
  fi
  for kind in mattermost slack; do
    [[ " $what " == *" $kind "* ]] || continue
    dotnet "$measure" foreign "$kind" "$foreign" "$work/$kind.zip"
    moving_row "$kind, dry run" import "$kind" "$work/$kind.zip" --dry-run
    moving_row "$kind, import" import "$kind" "$work/$kind.zip" --data "$work/$kind"
    rm -rf "$work/$kind" "$work/$kind.zip"
  done
}

moving_row() {
  local name="$1"
  shift
  Database__Provider="${MOVING_DATABASE:-Sqlite}" taskset -c "$GEN_CORE" /usr/bin/time -f %M -o "$BENCH_WORK/moving.memory" dotnet "$ctl" "$@" > "$BENCH_WORK/moving.out"
  row "| $name | $(tail -1 "$BENCH_WORK/moving.out") | $(($(tail -1 "$BENCH_WORK/moving.memory") / 1024)) |"
}
